import { AppError } from '../../kernel/errors/app-error.ts';
import { createHttp, type Http, type HttpOptions } from '../../kernel/http-client/client.ts';
import { CallFailed, isFailure } from '../../kernel/http-client/failure.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
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
  /** Times the adapter's own waits: ending an idle session, trying again. */
  time: Scheduler;
  lingerMilliseconds: number;
  http: HttpSettings;
  openSessions: OpenSessions;
  refused: RefusedLogins;
}

interface PooledSession {
  http: Http;
  users: number;
  /** Nobody is expected back: it does not linger. */
  isLeft: boolean;
  cancelEnd: () => void;
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
  const pool = new Map<string, PooledSession>();
  /** Sessions that are in use here, as `address path`: those are not left over. */
  const live = new Set<string>();
  let isClosed = false;

  async function use<T>(bmc: BmcTarget, work: (http: Http) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (isClosed) throw closing();
    const key = keyOf(bmc);
    if (!pool.has(key)) await endIdle(bmc.address);
    const pooled = pool.get(key) ?? openPooledSession(bmc, options, live, () => isClosed);
    pool.set(key, pooled);
    pooled.cancelEnd();
    pooled.users += 1;
    pooled.isLeft = false;
    try {
      await (signal ? unless(signal, pooled.open()) : pooled.open());
      return await work(pooled.http);
    } finally {
      pooled.users -= 1;
      if (pooled.users === 0) await rest(key, pooled);
    }
  }

  /** What another account has left open there: a rotation of passwords must not cost a second session. */
  async function endIdle(address: string): Promise<void> {
    for (const [key, pooled] of pool) {
      if (!key.startsWith(`${address} `) || pooled.users > 0) continue;
      pool.delete(key);
      pooled.cancelEnd();
      await pooled.logOut();
    }
  }

  async function rest(key: string, pooled: PooledSession): Promise<void> {
    const end = async () => {
      if (pooled.users > 0) return;
      if (pool.get(key) === pooled) pool.delete(key);
      await pooled.logOut();
    };
    if (options.lingerMilliseconds === 0 || pooled.isLeft) return end();
    pooled.cancelEnd = options.time.schedule(options.time.now() + options.lingerMilliseconds, end);
  }

  async function leave(bmc: BmcTarget): Promise<void> {
    const pooled = pool.get(keyOf(bmc));
    if (!pooled) return;
    pooled.isLeft = true;
    if (pooled.users > 0) return;
    pooled.cancelEnd();
    await rest(keyOf(bmc), pooled);
  }

  return {
    use,
    leave,
    close: async () => {
      isClosed = true;
      const all = [...pool.values()];
      pool.clear();
      for (const pooled of all) pooled.cancelEnd();
      await Promise.all(all.map((pooled) => pooled.logOut()));
    },
  };
}

/** The same answer, not waited for any longer once the signal is aborted. */
function unless<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(cancelledLogin(signal.reason));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  return Promise.race([answer, aborted]).finally(() => signal.removeEventListener('abort', giveUp));
}
const cancelledLogin = (cause: unknown) =>
  new CallFailed({
    system: 'redfish',
    method: 'POST',
    path: 'Sessions',
    failure: 'transient',
    detail: 'it was cancelled while it logged in',
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

function openPooledSession(
  bmc: BmcTarget,
  options: PoolOptions,
  live: Set<string>,
  isClosed: () => boolean,
): PooledSession {
  const { time, http: settings } = options;
  let session: Promise<Opened> | undefined;
  let renewal: Promise<void> | undefined;
  let renewedAt = -Infinity;
  let sessions: string | undefined;
  /** For logging in and out: calls that wait for a login fill the connections of the other client. */
  const loginHttp = createHttp(bmcHttp(bmc.address, settings));

  /** Calls that need a session at once share one login. */
  const open = () =>
    (session ??= logIn().catch((error: unknown) => {
      session = undefined;
      throw error;
    }));
  async function logIn(): Promise<Opened> {
    if (isClosed()) throw closing(); // work that goes on must not open what nobody would end
    sessions ??= await sessionsAt(loginHttp);
    return enter(loginHttp, bmc, options, live, sessions);
  }
  const logOut = async () => {
    const opened = await takeSession();
    if (opened?.path === undefined) return;
    live.delete(`${bmc.address} ${opened.path}`);
    if (await endSession(loginHttp, opened.path, opened)) await options.openSessions.closed(bmc.address, opened.path);
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
  return { http, users: 0, isLeft: false, cancelEnd: () => {}, open, logOut };
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
