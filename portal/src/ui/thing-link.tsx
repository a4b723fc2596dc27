import { pathOfSubject } from '../api/paths.ts';
import { useMay } from '../api/session.ts';
import { Id } from './copy.tsx';
import { PageLink } from './link.tsx';

/** The id of anything, as a link for whoever may see its page. */
export function ThingLink({ id }: { id: string }) {
  const to = pathOfSubject(id, useMay());
  return to === undefined ? (
    <Id id={id} />
  ) : (
    <PageLink to={to}>
      <Id id={id} />
    </PageLink>
  );
}
