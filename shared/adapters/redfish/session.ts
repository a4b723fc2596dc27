import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { createHttp, type Http, type HttpOptions } from '../../http-client/client.ts';
import { CallFailed } from '../../http-client/failure.ts';
import type { BmcTarget } from '../../ports/bmc.ts';
import type { Credentials, SecretRef, Secrets } from '../../ports/secrets.ts';
import { ServiceRoot, Session } from './contract.ts';
import { refusal } from './errors.ts';

/** Where the adapter's own waiting comes from: closing an idle session. */
export interface Time {
  now(): number;
  /** Calls `run` at that moment (milliseconds since 1970). Answers a function that calls it off. */
  schedule(at: number, run: () => void | Promise<void>): () => void;
}

export type HttpSettings = Partial<Omit<HttpOptions, 'system' | 'baseUrl' | 'authentication'>>;

export interface SessionPool {
  /** Runs `work` within this BMC's one session, shared by work that overlaps. */
  use<T>(bmc: BmcTarget, work: (http: Http) => Promise<T>): Promise<T>;
  /** Logs out everywhere. */
  close(): Promise<void>;
}

export interface PoolOptions {
  secrets: Pick<Secrets, 'read'>;
  time: Time;
  lingerMilliseconds: number;
  http: HttpSettings;
}

interface Seat {
  http: Http;
  users: number;
  callOff: () => void;
  /** Logs in unless that has been done. */
  open(): Promise<unknown>;
  logOut(): Promise<void>;
}

/**
 * One session per BMC. BMCs keep few (8 on an iDRAC9) and log every login, so it stays open while work goes
 * on and for a short while after (`lingerMilliseconds`), then it is ended; never Basic authentication.
 */
export function sessionPool(options: PoolOptions): SessionPool {
  const seats = new Map<string, Seat>();

  async function use<T>(bmc: BmcTarget, work: (http: Http) => Promise<T>): Promise<T> {
    const key = `${bmc.address} ${bmc.secretRef}`;
    if (!seats.has(key)) await endIdle(bmc.address);
    const seat = seats.get(key) ?? openSeat(bmc, options);
    seats.set(key, seat);
    seat.callOff();
    seat.users += 1;
    try {
      await seat.open();
      return await work(seat.http);
    } finally {
      seat.users -= 1;
      if (seat.users === 0) await leave(key, seat);
    }
  }

  /** What another account has left open there: a rotation of passwords must not cost a second session. */
  async function endIdle(address: string): Promise<void> {
    for (const [key, seat] of seats) {
      if (!key.startsWith(`${address} `) || seat.users > 0) continue;
      seats.delete(key);
      seat.callOff();
      await seat.logOut();
    }
  }

  async function leave(key: string, seat: Seat): Promise<void> {
    const end = async () => {
      if (seat.users > 0) return;
      if (seats.get(key) === seat) seats.delete(key);
      await seat.logOut();
    };
    if (options.lingerMilliseconds === 0) return end();
    seat.callOff = options.time.schedule(options.time.now() + options.lingerMilliseconds, end);
  }

  return {
    use,
    close: async () => {
      const all = [...seats.values()];
      seats.clear();
      for (const seat of all) seat.callOff();
      await Promise.all(all.map((seat) => seat.logOut()));
    },
  };
}

/** A 401 this soon after a renewal answers a call that was sent before it. */
const justRenewedMilliseconds = 2_000;

function openSeat(bmc: BmcTarget, { secrets, time, http: settings }: PoolOptions): Seat {
  let session: Promise<Opened> | undefined;
  let renewal: Promise<void> | undefined;
  let renewedAt = -Infinity;

  /** Calls that need a session at once share one login. */
  const open = () => (session ??= logIn(http, secrets, bmc).catch((error: unknown) => {
    session = undefined;
    throw error;
  }));
  const logOut = async () => {
    const ending = session;
    session = undefined;
    const opened = await ending?.catch(() => undefined);
    if (opened) await endSession(http, opened);
  };
  /** The password may have been changed, or the BMC restarted: the safe is read anew. */
  const renew = async () => {
    if (time.now() - renewedAt < justRenewedMilliseconds) return;
    await logOut();
    await open();
    renewedAt = time.now();
  };
  const http = createHttp({
    ...bmcHttp(bmc.address, settings),
    authentication: {
      headers: async () => ({ 'x-auth-token': (await open()).token }),
      renew: () => (renewal ??= renew().finally(() => (renewal = undefined))),
    },
  });
  return { http, users: 0, callOff: () => {}, open, logOut };
}

export const bmcHttp = (address: string, settings: HttpSettings): HttpOptions => ({ concurrency: 4, ...settings, system: 'redfish', baseUrl: address });

const logIn = async (http: Http, secrets: Pick<Secrets, 'read'>, { secretRef }: BmcTarget): Promise<Opened> => openSession(http, await credentialsAt(secrets, secretRef));

/** Name and password as they are kept. Throws a `conflict` AppError where none are. */
export async function credentialsAt(secrets: Pick<Secrets, 'read'>, secretRef: SecretRef): Promise<Credentials> {
  const credentials = await secrets.read(secretRef);
  if (credentials) return credentials;
  throw new AppError({
    code: 'redfish.no-credentials', kind: 'conflict', context: { secretRef },
    publicMessage: `There are no credentials for this server's management controller (${secretRef}). Put them into the safe, then try again.`,
  });
}

export interface Opened {
  token: string;
  /** To end it by; unknown if the BMC named it nowhere. */
  path: string | undefined;
}

/** Where to log in is the root's to say: some have no SessionService, or one that wants a login first. */
export async function openSession(http: Http, credentials: Credentials): Promise<Opened> {
  const root = await http.send({ method: 'GET', path: '/redfish/v1/', authenticated: false, answers: { 200: ServiceRoot } });
  const path = root.body.Links?.Sessions?.['@odata.id'] ?? '/redfish/v1/SessionService/Sessions';
  const answer = await http.send({
    method: 'POST', path, authenticated: false,
    body: { UserName: credentials.username, Password: credentials.password },
    answers: { 200: z.unknown(), 201: z.unknown(), 204: z.unknown(), 400: z.unknown(), 401: z.unknown(), 403: z.unknown(), 409: z.unknown(), 503: z.unknown() },
  });
  if (answer.status >= 400) throw refusal({ method: 'POST', path }, answer);
  const token = answer.headers['x-auth-token'];
  // Some answer a wrong password with 200 and nothing.
  if (!token) throw new CallFailed({ system: 'redfish', method: 'POST', path, status: answer.status, failure: 'auth', detail: 'it refused the login' });
  return { token, path: answer.headers['location'] || Session.safeParse(answer.body).data?.['@odata.id'] };
}

/** Best effort: a session that cannot be ended ends by itself. */
export async function endSession(http: Http, { token, path }: Opened): Promise<void> {
  if (!path) return;
  try {
    await http.send({ method: 'DELETE', path, authenticated: false, headers: { 'x-auth-token': token }, answers: { 200: z.unknown(), 202: z.unknown(), 204: z.unknown(), 401: z.unknown(), 404: z.unknown() } });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
  }
}
