import { AppError } from '../../kernel/errors/app-error.ts';
import { createHttp, type Http, type HttpOptions } from '../../kernel/http-client/client.ts';
import { CallFailed, isFailure } from '../../kernel/http-client/failure.ts';
import type { BmcTarget } from '../../ports/bmc.ts';
import type { Credentials, Secrets } from '../../ports/secrets.ts';
import {
  credentialsAt,
  endSession,
  isRefusedLogin,
  openSession,
  otherHosts,
  sessionsAt,
  type Opened,
  type RefusedLogins,
} from './login.ts';
import type { OpenSessions } from './open-sessions.ts';

/** Where the adapter's own waiting comes from: closing an idle session, trying again. */
export interface Time {
  now(): number;
  /** Calls `run` at that moment (milliseconds since 1970). Answers a function that calls it off. */
  schedule(at: number, run: () => void | Promise<void>): () => void;
}

export type HttpSettings = Partial<Omit<HttpOptions, 'system' | 'baseUrl' | 'authentication' | 'otherHosts'>>;

export interface SessionPool {
  /**
   * Runs `work` within this BMC's one session, shared by work that overlaps. Once the signal is aborted, a login that
   * is under way is not waited for.
   */
  use<T>(bmc: BmcTarget, work: (http: Http) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Nobody will come back soon: logs out there now, or as soon as the work under way has ended. */
  leave(bmc: BmcTarget): Promise<void>;
  /** Logs out everywhere. */
  close(): Promise<void>;
}

export interface PoolOptions {
  secrets: Pick<Secrets, 'read'>;
  time: Time;
  lingerMilliseconds: number;
  http: HttpSettings;
  openSessions: OpenSessions;
  refused: RefusedLogins;
}

interface Seat {
  http: Http;
  users: number;
  /** Nobody is expected back: it does not linger. */
  isLeft: boolean;
  callOff: () => void;
  /** Logs in unless that has been done. */
  open(): Promise<unknown>;
  logOut(): Promise<void>;
}

/**
 * One session per BMC. BMCs keep few (8 on an iDRAC9) and log every login, so it stays open while work goes
 * on and for a short while after (`lingerMilliseconds`), then it is ended. Basic authentication is used for one
 * thing only: to end sessions of ours that are left over, when they are what keeps us from opening one.
 */
export function sessionPool(options: PoolOptions): SessionPool {
  const seats = new Map<string, Seat>();
  /** Sessions that are in use here, as `address path`: those are not left over. */
  const live = new Set<string>();
  let isClosed = false;

  async function use<T>(bmc: BmcTarget, work: (http: Http) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (isClosed) throw closing();
    const key = keyOf(bmc);
    if (!seats.has(key)) await endIdle(bmc.address);
    const seat = seats.get(key) ?? openSeat(bmc, options, live, () => isClosed);
    seats.set(key, seat);
    seat.callOff();
    seat.users += 1;
    seat.isLeft = false;
    try {
      await (signal ? unless(signal, seat.open()) : seat.open());
      return await work(seat.http);
    } finally {
      seat.users -= 1;
      if (seat.users === 0) await rest(key, seat);
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

  async function rest(key: string, seat: Seat): Promise<void> {
    const end = async () => {
      if (seat.users > 0) return;
      if (seats.get(key) === seat) seats.delete(key);
      await seat.logOut();
    };
    if (options.lingerMilliseconds === 0 || seat.isLeft) return end();
    seat.callOff = options.time.schedule(options.time.now() + options.lingerMilliseconds, end);
  }

  async function leave(bmc: BmcTarget): Promise<void> {
    const seat = seats.get(keyOf(bmc));
    if (!seat) return;
    seat.isLeft = true;
    if (seat.users > 0) return;
    seat.callOff();
    await rest(keyOf(bmc), seat);
  }

  return {
    use,
    leave,
    close: async () => {
      isClosed = true;
      const all = [...seats.values()];
      seats.clear();
      for (const seat of all) seat.callOff();
      await Promise.all(all.map((seat) => seat.logOut()));
    },
  };
}

/** The same answer, not waited for any longer once the signal is aborted. */
function unless<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(calledOff(signal.reason));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  return Promise.race([answer, aborted]).finally(() => signal.removeEventListener('abort', giveUp));
}
const calledOff = (cause: unknown) =>
  new CallFailed({
    system: 'redfish',
    method: 'POST',
    path: 'Sessions',
    failure: 'transient',
    detail: 'it was called off while it logged in',
    cause,
  });

const keyOf = ({ address, secretRef }: BmcTarget) => `${address} ${secretRef}`;
const closing = () =>
  new AppError({
    code: 'redfish.closing',
    kind: 'unavailable',
    publicMessage: 'Management controllers are not asked any more: this process is ending. Try again.',
  });

/** A 401 this soon after a renewal answers a call that was sent before it. */
const justRenewedMilliseconds = 2_000;

function openSeat(bmc: BmcTarget, options: PoolOptions, live: Set<string>, isClosed: () => boolean): Seat {
  const { time, http: settings } = options;
  let session: Promise<Opened> | undefined;
  let renewal: Promise<void> | undefined;
  let renewedAt = -Infinity;
  let sessions: string | undefined;
  /** For logging in and out: calls that wait for a login fill the other client's places. */
  const door = createHttp(bmcHttp(bmc.address, settings));

  /** Calls that need a session at once share one login. */
  const open = () =>
    (session ??= logIn().catch((error: unknown) => {
      session = undefined;
      throw error;
    }));
  async function logIn(): Promise<Opened> {
    if (isClosed()) throw closing(); // work that goes on must not open what nobody would end
    sessions ??= await sessionsAt(door);
    return enter(door, bmc, options, live, sessions);
  }
  const logOut = async () => {
    const opened = await takeSession();
    if (opened?.path === undefined) return;
    live.delete(`${bmc.address} ${opened.path}`);
    if (await endSession(door, opened.path, opened)) await options.openSessions.closed(bmc.address, opened.path);
  };
  const takeSession = async () => {
    const ending = session;
    session = undefined;
    return ending?.catch(() => undefined);
  };
  /**
   * The password may have been changed, or the BMC restarted: the safe is read anew. What the old session was is ended
   * by the new one.
   */
  const renew = async () => {
    if (time.now() - renewedAt < justRenewedMilliseconds) return;
    const refused = await takeSession();
    live.delete(`${bmc.address} ${refused?.path}`);
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
  return { http, users: 0, isLeft: false, callOff: () => {}, open, logOut };
}

/** Logs in, and ends what an earlier process or a cut line has left open there. */
async function enter(
  http: Http,
  { address, secretRef }: BmcTarget,
  { secrets, openSessions, refused }: PoolOptions,
  live: Set<string>,
  sessions: string,
): Promise<Opened> {
  const credentials = await credentialsAt(secrets, secretRef);
  refused.check(address, credentials, secretRef);
  const leftOver = async () => (await openSessions.stale(address)).filter((path) => !live.has(`${address} ${path}`));
  const endAll = async (by: { token: string } | { credentials: Credentials }) => {
    for (const path of await leftOver()) if (await endSession(http, path, by)) await openSessions.closed(address, path);
  };
  const opened = await openSession(http, credentials, sessions).catch(async (error: unknown) => {
    if (isRefusedLogin(error)) refused.note(address, credentials);
    // The table is full, and some of it may be ours: nobody but we can tell, and only so.
    if (!isFailure(error, 'throttled') || (await leftOver()).length === 0) throw error;
    await endAll({ credentials });
    return openSession(http, credentials, sessions);
  });
  refused.forget(address, credentials);
  if (opened.path === undefined) return opened;
  live.add(`${address} ${opened.path}`);
  try {
    await openSessions.opened(address, opened.path);
    await endAll(opened);
    return opened;
  } catch (error) {
    live.delete(`${address} ${opened.path}`);
    await endSession(http, opened.path, opened);
    throw error;
  }
}

export const bmcHttp = (address: string, settings: HttpSettings): HttpOptions => ({
  concurrency: 4,
  ...settings,
  otherHosts,
  system: 'redfish',
  baseUrl: address,
});
