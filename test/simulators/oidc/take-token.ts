import { cliClient, labGrant } from './clients.ts';

/**
 * An access token for one of the company's sign-ins, for scripts and tests. Throws, naming the sign-ins there are, for
 * an unknown one.
 */
export async function takeToken(issuer: string, signIn: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: labGrant, client_id: cliClient.id, sign_in: signIn }),
  });
  const body = (await answer.json()) as { access_token?: string; error_description?: string };
  if (!answer.ok || body.access_token === undefined)
    throw new Error(
      `The lab's identity provider gave no token for ${signIn}: ${body.error_description ?? answer.status}.`,
    );
  return body.access_token;
}
