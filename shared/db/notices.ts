import { Client } from 'pg';
import { explain } from '../errors/app-error.ts';

/** Called with what a notice says; without anything where notices may have been missed. */
export type Hear = (payload?: string) => void;

/** Notices of the database (LISTEN, NOTIFY): one connection per process, however many listen; none while nobody does. */
export interface Notices {
  /** Answers how to stop. Whoever listens also looks by the clock: a notice is only quicker, never certain. */
  on(channel: string, hear: Hear): () => void;
  close(): Promise<void>;
}

const pauseMilliseconds = 1000;

export function createNotices(databaseUrl: string, onError: (because: string) => void): Notices {
  const listeners = new Map<string, Set<Hear>>();
  let client: Client | undefined;
  let isReady = false;
  let retry: NodeJS.Timeout | undefined;

  const tellAll = () => listeners.forEach((each) => each.forEach((hear) => hear()));

  function lost(one: Client, because: unknown): void {
    if (client !== one) return;
    client = undefined;
    isReady = false;
    onError(explain(because));
    one.end().catch(() => undefined); // it is broken already
    if (listeners.size > 0) retry = setTimeout(() => {
      retry = undefined;
      void connect();
    }, pauseMilliseconds).unref();
  }

  async function connect(): Promise<void> {
    const one = new Client({ connectionString: databaseUrl, application_name: 'rackline-notices', keepAlive: true });
    client = one;
    one.on('notification', ({ channel, payload }) => listeners.get(channel)?.forEach((hear) => hear(payload ?? '')));
    one.on('error', (error) => lost(one, error));
    one.on('end', () => lost(one, new Error('the connection ended')));
    try {
      await one.connect();
      for (const channel of listeners.keys()) await one.query(`LISTEN ${one.escapeIdentifier(channel)}`);
      isReady = client === one;
      tellAll();
    } catch (error) {
      lost(one, error);
    }
  }

  function listen(channel: string): void {
    const one = client;
    if (one === undefined) return void (retry === undefined && connect());
    if (isReady) one.query(`LISTEN ${one.escapeIdentifier(channel)}`).then(() => listeners.get(channel)?.forEach((hear) => hear()), (error: unknown) => lost(one, error));
  }

  async function close(): Promise<void> {
    clearTimeout(retry);
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
