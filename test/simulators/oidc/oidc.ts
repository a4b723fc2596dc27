import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { SimContext, Simulator } from '../kit/simulator.ts';
import { signInPage } from './pages.ts';
import { createProvider } from './provider.ts';
import type { OidcState } from './records.ts';

export { cliClient, labGrant, portalClient } from './clients.ts';
export { verificationOf } from './provider.ts';
export { takeToken } from './take-token.ts';
export type { OidcState } from './records.ts';

// The provider itself is no data: one is made for each lab's state, again after a restart.
const providers = new WeakMap<OidcState, Provider>();

function providerOf(context: SimContext<OidcState>, issuer: string): Provider {
  const known = providers.get(context.state);
  if (known?.issuer === issuer) return known;
  const provider = createProvider(issuer, context.company, context.state, context.now);
  providers.set(context.state, provider);
  return provider;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  context: SimContext<OidcState>,
  issuer: string,
): Promise<void> {
  const provider = providerOf(context, issuer);
  const mount = new URL(issuer).pathname;
  const path = (request.url ?? '/').slice(mount.length) || '/';
  // Mounted as Express does it, so that the provider's own addresses begin at the mount point.
  Object.assign(request, { originalUrl: request.url, url: path });
  if (/^\/interaction\/[\w-]+$/.test(path)) return interact(provider, request, response, context, `${mount}${path}`);
  await provider.callback()(request, response);
}

/** The only interaction there is: who are you? */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  context: SimContext<OidcState>,
  action: string,
): Promise<void> {
  const show = (status: number, problem?: string) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(signInPage(context.company, action, problem));
  };
  try {
    await provider.interactionDetails(request, response);
  } catch {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('This sign-in has expired or began in another browser. Go back to Rackline and sign in again.');
    return;
  }
  if (request.method !== 'POST') return show(200);
  const signIn = new URLSearchParams(await readText(request)).get('sign_in')?.trim().toLowerCase() ?? '';
  if (!context.company.people.some(({ email }) => email === signIn))
    return show(422, `Nobody signs in as ${signIn || 'nobody'}.`);
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: signIn } },
    { mergeWithLastSubmission: false },
  );
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export const oidcSimulator: Simulator<OidcState> = {
  name: 'oidc',
  initialState: () => ({ jwks: null, cookieKeys: [], records: {} }),
  serve,
};
