import { useEffect } from 'react';
import { useMay, useMe } from '../../api/session.ts';
import { Empty } from '../../ui/empty.tsx';
import { useGo } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { startOf } from '../parts/destinations.ts';

/** Sends everybody to where their work begins. */
export function Home() {
  const { roles, name } = useMe();
  const start = startOf(roles, useMay());
  const go = useGo();
  useEffect(() => {
    if (start !== undefined) go(start, { replace: true });
  }, [start, go]);
  if (start !== undefined) return null;
  return (
    <Page title="Welcome">
      <Empty icon="quiet" title="There is nothing here for you yet">
        {name} has no role that shows a page. Ask whoever manages your sign-ins for one.
      </Empty>
    </Page>
  );
}
