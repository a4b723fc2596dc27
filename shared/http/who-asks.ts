import type { HttpRequest } from '@azure/functions';
import type { Authenticator } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { AppError } from '../kernel/errors/app-error.ts';

export const sessionCookie = 'rackline_session';
/**
 * Where the front end, Azure's or the host's own, puts the certificate of the client (DER in base64), and lets nobody
 * else put one.
 */
export const clientCertificate = 'x-arr-clientcert';

/**
 * The bearer token's owner, else the client certificate's, else the session's. Throws `unauthenticated` when there is
 * none.
 */
export async function whoAsks(
  request: HttpRequest,
  { authenticator, publicUrl }: { authenticator: Authenticator; publicUrl: string },
): Promise<Caller> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token) return authenticator.fromToken(token);
  const certificate = request.headers.get(clientCertificate);
  if (certificate !== null) return authenticator.fromCertificate(Buffer.from(certificate, 'base64'));
  const cookie = cookieOf(request, sessionCookie);
  const caller = cookie && (await authenticator.fromSession(cookie));
  if (!caller)
    throw new AppError({
      code: 'auth.needed',
      kind: 'unauthenticated',
      publicMessage: 'Sign in, or send a bearer token.',
    });
  refuseForeignWrites(request, publicUrl);
  return caller;
}

/** A session rides along with any request a browser makes: writes are taken from our own pages only. */
function refuseForeignWrites(request: HttpRequest, publicUrl: string): void {
  if (request.method === 'GET') return;
  const origin = request.headers.get('origin');
  const own = [new URL(publicUrl).origin, new URL(request.url).origin];
  if (origin !== null && own.includes(origin)) return;
  throw new AppError({
    code: 'auth.foreign-origin',
    kind: 'forbidden',
    publicMessage: 'This request does not come from a page of this portal.',
  });
}

export function cookieOf(request: HttpRequest, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return pairs.find(([key]) => key === name)?.[1];
}

/**
 * Where the caller calls from, as the front end saw it: it writes last, behind what the caller himself may have
 * written.
 */
export function addressOf(request: HttpRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown';
  return last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');
}
