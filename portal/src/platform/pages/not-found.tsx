import { paths } from '../../api/paths.ts';
import { Empty } from '../../ui/empty.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';

export const NotFound = () => (
  <Page title="No such page">
    <Empty
      icon="quiet"
      title="There is nothing at this address"
      action={
        <PageLink className="button button-primary" to={paths.home()}>
          To the start
        </PageLink>
      }
    >
      The link may be old, or a letter of it is missing.
    </Empty>
  </Page>
);
