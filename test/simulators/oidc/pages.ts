import type { Company, Person } from '../kit/company.ts';

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 34rem; padding: 2.5rem 1.25rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
  p { margin: 0 0 1.5rem; opacity: .75; }
  ul { list-style: none; margin: 0 0 2rem; padding: 0; display: grid; gap: .5rem; }
  button, input { font: inherit; border-radius: .5rem; padding: .65rem .9rem; background: transparent; color: inherit; }
  button, input { border: 1px solid color-mix(in srgb, currentcolor 25%, transparent); }
  button { cursor: pointer; }
  button:hover, button:focus-visible { border-color: #1a6aff; outline: 2px solid #1a6aff; outline-offset: 1px; }
  ul button { width: 100%; text-align: left; display: flex; flex-wrap: wrap; }
  ul button { justify-content: space-between; column-gap: 1rem; }
  ul span { opacity: .7; }
  .other { display: flex; gap: .5rem; }
  .other input { flex: 1; min-width: 0; }
  label { display: block; margin-bottom: .35rem; }
  [role=alert] { border-left: 3px solid #c62828; padding-left: .75rem; opacity: 1; }
</style>
</head>
<body>
${body}
</body>
</html>
`;

const roleOf = ({ roles, tenant, datacenters }: Person): string =>
  [roles.join(', '), tenant, ...(datacenters ?? [])].filter(Boolean).join(' · ');

const choiceOf = (person: Person): string =>
  `<li><button name="sign_in" value="${escape(person.email)}"><strong>${escape(person.email)}</strong>` +
  ` <span>${escape(roleOf(person))}</span></button></li>`;

/** Everybody who can sign in, by role. There are no passwords in the lab. */
export const signInPage = (company: Company, action: string, problem?: string): string =>
  page(
    'Sign in to Rackline',
    `<main>
<h1>Sign in to Rackline</h1>
<p>This is the lab: choose who you are, no password is asked.</p>
${problem ? `<p role="alert">${escape(problem)}</p>` : ''}
<form method="post" action="${escape(action)}">
<ul>
${company.people.map(choiceOf).join('\n')}
</ul>
</form>
<form method="post" action="${escape(action)}">
<label for="sign_in">Or type a sign-in</label>
<div class="other"><input id="sign_in" name="sign_in" autocomplete="username" required> <button>Sign in</button></div>
</form>
</main>`,
  );

/** `form` is the issuer's own, with the hidden fields that prove the question came from it. */
export const signOutPage = (form: string): string =>
  page(
    'Sign out of Rackline',
    `<main>
<h1>Sign out of Rackline?</h1>
<p>You can sign in again as anybody.</p>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
</main>`,
  );
