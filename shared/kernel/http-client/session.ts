import { systemClock, type Clock } from '../clock.ts';
import type { Authentication } from './client.ts';

/** What a login gave: the headers that prove it, and how long they are good for. */
export interface Login {
  headers: Readonly<Record<string, string>>;
  /** Unknown: until the system refuses them. */
  expiresInSeconds?: number | undefined;
}

/**
 * Keeps one login for all calls to a system: taken when first needed, again shortly before it ends, and once
 * when the system refuses it. Calls that arrive meanwhile wait for the same login. `logIn` must use a client
 * of its own: the calls that wait for it fill the first one's places.
 */
export function keepLogin(
  logIn: () => Promise<Login>,
  options: { clock?: Clock; renewOn?: readonly number[] } = {},
): Authentication {
  const clock = options.clock ?? systemClock;
  let held: { login: Login; until: number } | undefined;
  let inFlight: Promise<Login> | undefined;

  const takeLogin = (): Promise<Login> => {
    inFlight ??= logIn()
      .then((login) => {
        held = {
          login,
          until:
            login.expiresInSeconds === undefined
              ? Number.POSITIVE_INFINITY
              : clock.now() + login.expiresInSeconds * 900,
        };
        return login;
      })
      .finally(() => {
        inFlight = undefined;
      });
    return inFlight;
  };

  return {
    headers: async () => (held && clock.now() < held.until ? held.login : await takeLogin()).headers,
    renew: async () => void (await takeLogin()),
    ...(options.renewOn && { renewOn: options.renewOn }),
  };
}

/** The header of HTTP Basic authentication. */
export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
