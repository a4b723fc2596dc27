import type { Client } from 'pg';
import { explain } from '../errors/app-error.ts';
import { defaultLimits, openConnection, type TimeLimits } from './connections.ts';

/** Called with what a notice says; without anything where notices may have been missed. */
export type Hear = (payload?: string) => void;

/**
 * Notices of the database (LISTEN, NOTIFY): one connection per process, however many listen; none while nobody does.
 */
export interface Notices {
  /** Answers how to stop. Whoever listens also looks by the clock: a notice is only quicker, never certain. */
  on(channel: string, hear: Hear): () => void;
  close(): Promise<void>;
}

const pauseMilliseconds = 1000;
/** A connection that only listens never finds out by itself that it has fallen silent. */
const heartbeatMilliseconds = 2000;

export function createNotices(
  databaseUrl: string,
  onError: (reason: string) => void,
  limits: TimeLimits = defaultLimits,
): Notices {
  const listeners = new Map<string, Set<Hear>>();
  let client: Client | undefined;
  let isReady = false;
  let retry: NodeJS.Timeout | undefined;
  let heartbeatTimer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

  const tellAll = () => listeners.forEach((each) => each.forEach((hear) => hear()));

  function lost(one: Client, reason: unknown): void {
    if (client !== one) return;
    client = undefined;
    isReady = false;
    clearInterval(heartbeatTimer);
    onError(explain(reason));
    one.end().catch(() => undefined); // it is broken already
    if (listeners.size > 0)
      retry = setTimeout(() => {
        retry = undefined;
        void connect();
      }, pauseMilliseconds).unref();
  }

  async function connect(): Promise<void> {
    const one = openConnection({ url: databaseUrl, name: 'rackline-notices', limits });
    client = one;
    one.on('notification', ({ channel, payload }) => listeners.get(channel)?.forEach((hear) => hear(payload ?? '')));
    one.on('error', (error) => lost(one, error));
    one.on('end', () => lost(one, new Error('the connection ended')));
    try {
      await one.connect();
      for (const channel of listeners.keys()) await one.query(`LISTEN ${one.escapeIdentifier(channel)}`);
      if (client !== one) return;
      isReady = true;
      turn = Promise.resolve();
      heartbeatTimer = setInterval(() => void ask(one, 'SELECT'), heartbeatMilliseconds);
      tellAll();
    } catch (error) {
      lost(one, error);
    }
  }

  /** One statement after the other. Resolves when it was done, or never will be on this connection. */
  function ask(one: Client, sql: string): Promise<void> {
    turn = turn.then(async () => {
      if (client === one) await one.query(sql).catch((error: unknown) => lost(one, error));
    });
    return turn;
  }

  function listen(channel: string): void {
    const one = client;
    if (one === undefined) return void (retry === undefined && connect());
    if (isReady)
      void ask(one, `LISTEN ${one.escapeIdentifier(channel)}`).then(() =>
        listeners.get(channel)?.forEach((hear) => hear()),
      );
  }

  async function close(): Promise<void> {
    clearTimeout(retry);
    clearInterval(heartbeatTimer);
    retry = undefined;
    const one = client;
    client = undefined;
    isReady = false;
    await one?.end().catch((error: unknown) => onError(explain(error)));
  }

  return {
    on: (channel, hear) => {
      const known = listeners.get(channel);
      if (known) known.add(hear);
      else {
        listeners.set(channel, new Set([hear]));
        listen(channel);
      }
      return () => {
        const left = listeners.get(channel);
        left?.delete(hear);
        if (left?.size === 0) listeners.delete(channel); // the connection goes on hearing it, for nothing
        if (listeners.size === 0) void close();
      };
    },
    close: async () => {
      listeners.clear();
      await close();
    },
  };
}
