import { useLocation } from '@tanstack/react-router';
import { paths } from '../../api/paths.ts';
import { Note } from '../../ui/note.tsx';
import { wasLab } from '../parts/lab.ts';

const problems: Readonly<Record<string, string>> = {
  'sign-in-unavailable': 'The identity provider does not answer. Try again in a moment.',
  'sign-in-failed': 'The sign-in was not completed, or took too long. Start it again.',
};

/** The one page for somebody we do not know. Afterwards they are back where they wanted to go. */
export function SignIn() {
  const { href } = useLocation();
  const wanted = new URL(href, location.origin);
  const problem = problems[wanted.searchParams.get('problem') ?? ''];
  wanted.searchParams.delete('problem');
  return (
    <main className="alone sign-in">
      <title>Sign in · Rackline</title>
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>Rackline</h1>
      <p>Every server, from purchase order to wipe certificate.</p>
      {problem && <Note tone="bad" title={problem} role="alert" />}
      <a className="button button-primary button-big" href={paths.signIn(wanted.pathname + wanted.search)}>
        Sign in
      </a>
      {wasLab() && (
        <p className="hint">This is a lab: you choose whom to be on the next page, and every machine is simulated.</p>
      )}
    </main>
  );
}
