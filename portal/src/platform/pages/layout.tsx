import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { MeView } from '../../../../shared/access/me.api.ts';
import { keepLive } from '../../api/live.ts';
import { ProblemError } from '../../api/problem.ts';
import { meQuery } from '../../api/queries.ts';
import { Session } from '../../api/session.ts';
import { Announcer } from '../../ui/announcer.tsx';
import { ProblemNote } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Header } from '../parts/header.tsx';
import { rememberLab } from '../parts/lab.ts';
import { Navigation } from '../parts/navigation.tsx';
import { SignIn } from './sign-in.tsx';

/** Around every page: who is signed in decides what is there. */
export function Layout() {
  const me = useQuery(meQuery);
  if (me.data) return <SignedIn me={me.data} />;
  if (me.error instanceof ProblemError && me.error.status === 401) return <SignIn />;
  return (
    <main className="alone">
      {me.isError ? (
        <Page title="Rackline">
          <ProblemNote error={me.error} retry={() => void me.refetch()} />
        </Page>
      ) : (
        <Skeleton rows={3} />
      )}
    </main>
  );
}

function SignedIn({ me }: { me: MeView }) {
  const queries = useQueryClient();
  useEffect(() => keepLive(queries), [queries]);
  useEffect(() => rememberLab(me.isLab), [me.isLab]);
  return (
    <Session value={me}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div className="frame">
        <Header />
        <Navigation />
        <main id="content" className="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Announcer />
    </Session>
  );
}
