import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { Http } from '../../kernel/http-client/client.ts';
import { CallFailed, isFailure } from '../../kernel/http-client/failure.ts';
import { isFollowable, type OtherHosts } from '../../kernel/http-client/link.ts';
import { basicAuthorization } from '../../kernel/http-client/session.ts';
import type { Credentials, SecretRef, Secrets } from '../../ports/secrets.ts';
import { ServiceRoot, Session } from './contract.ts';
import { refusal } from './errors.ts';

/**
 * BMCs write links with the name that they know of themselves, not the address at which we reach them: only the path
 * counts.
 */
export const otherHosts: OtherHosts = 'ignored';

export interface Opened {
  token: string;
  /** To end it by; unknown if the BMC named it nowhere, or by nothing that can be followed. */
  path: string | undefined;
}

/** Name and password as they are kept. Throws a `conflict` AppError where none are. */
export async function credentialsAt(secrets: Pick<Secrets, 'read'>, secretRef: SecretRef): Promise<Credentials> {
  const credentials = await secrets.read(secretRef);
  if (credentials) return credentials;
  throw new AppError({
    code: 'redfish.no-credentials',
    kind: 'conflict',
    context: { secretRef },
    publicMessage:
      `There are no credentials for this server's management controller (${secretRef}). Put them into the ` +
      'safe, then try again.',
  });
}

/** Where logins are taken is the root's to say: some have no SessionService, or one that wants a login first. */
export async function sessionsAt(http: Http): Promise<string> {
  const root = await http.send({
    method: 'GET',
    path: '/redfish/v1/',
    authenticated: false,
    answers: { 200: ServiceRoot },
  });
  return root.body.Links?.Sessions?.['@odata.id'] ?? '/redfish/v1/SessionService/Sessions';
}

/** Where an iDRAC 8 takes them, whatever its root says. */
const olderPlace = '/redfish/v1/Sessions';

export async function openSession(http: Http, credentials: Credentials, path: string): Promise<Opened> {
  const answer = await http.send({
    method: 'POST',
    path,
    authenticated: false,
    isOnNewConnection: true,
    body: { UserName: credentials.username, Password: credentials.password },
    answers: {
      200: z.unknown(),
      201: z.unknown(),
      204: z.unknown(),
      400: z.unknown(),
      401: z.unknown(),
      403: z.unknown(),
      404: z.unknown(),
      405: z.unknown(),
      409: z.unknown(),
      503: z.unknown(),
    },
  });
  if ((answer.status === 404 || answer.status === 405) && path !== olderPlace)
    return openSession(http, credentials, olderPlace);
  if (answer.status >= 400) throw refusal({ method: 'POST', path }, answer);
  const token = answer.headers['x-auth-token'];
  // Some answer a wrong password with 200 and nothing.
  if (!token)
    throw new CallFailed({
      system: 'redfish',
      method: 'POST',
      path,
      status: answer.status,
      failure: 'auth',
      detail: 'it refused the login',
    });
  // The header may be of no use where the body's link is.
  const named = [answer.headers['location'], Session.safeParse(answer.body).data?.['@odata.id']];
  return { token, path: named.find((link) => link && isFollowable(link, new URL(http.baseUrl), otherHosts)) };
}

/** Best effort: whether it is ended now. One that cannot be ended ends by itself, or with the next login. */
export async function endSession(
  http: Http,
  path: string,
  by: { token: string } | { credentials: Credentials },
): Promise<boolean> {
  const headers: Record<string, string> =
    'token' in by
      ? { 'x-auth-token': by.token }
      : { authorization: basicAuthorization(by.credentials.username, by.credentials.password) };
  try {
    const { status } = await http.send({
      method: 'DELETE',
      path,
      authenticated: false,
      isOnNewConnection: true,
      headers,
      answers: { 200: z.unknown(), 202: z.unknown(), 204: z.unknown(), 401: z.unknown(), 404: z.unknown() },
    });
    return status !== 401;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return false;
  }
}

/** A login that was refused for its password. Whatever else may be wrong passes by itself, and locks nobody out. */
export const isRefusedLogin = (error: unknown): boolean => isFailure(error, 'auth');

/**
 * Which passwords were refused where. The same one is not tried again for a while: BMCs lock accounts, or our
 * address, after three wrong ones, and a poller is quick. Only a digest of each is kept.
 */
export class RefusedLogins {
  readonly #key = randomBytes(32);
  readonly #refused = new Map<string, Map<string, number>>();
  readonly #now: () => number;
  readonly #pauseMilliseconds: number;

  constructor(now: () => number, pauseMilliseconds: number) {
    this.#now = now;
    this.#pauseMilliseconds = pauseMilliseconds;
  }

  note(address: string, credentials: Credentials): void {
    const here = this.#refused.get(address) ?? new Map<string, number>();
    this.#refused.set(address, here.set(this.#digest(credentials), this.#now() + this.#pauseMilliseconds));
  }
  /** They are good after all. */
  forget(address: string, credentials: Credentials): void {
    const here = this.#refused.get(address);
    here?.delete(this.#digest(credentials));
    if (here?.size === 0) this.#refused.delete(address);
  }
  /** Throws a `conflict` AppError while these must not be tried there. */
  check(address: string, credentials: Credentials, secretRef: SecretRef): void {
    const until = this.#refused.get(address)?.get(this.#digest(credentials));
    if (until === undefined || this.#now() >= until) return;
    const seconds = Math.ceil((until - this.#now()) / 1000);
    throw new AppError({
      code: 'redfish.login-refused',
      kind: 'conflict',
      context: { address, secretRef },
      retryAfterSeconds: seconds,
      publicMessage:
        `This management controller refused the name or password kept for it (${secretRef}). They are not ` +
        `tried again for ${Math.ceil(seconds / 60)} min, lest it lock the account. Put the right ones into ` +
        'the safe: those are tried at once.',
    });
  }

  #digest({ username, password }: Credentials): string {
    return createHmac('sha256', this.#key).update(`${username}\0${password}`).digest('base64');
  }
}
