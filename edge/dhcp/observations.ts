import { z } from 'zod';
import type { Store } from '../kernel/store.ts';
import type { Lease } from './lease.ts';

export interface Observation {
  mac: string;
  circuitId: string;
  /** The server that the MAC belonged to then. */
  serverId: string | undefined;
  /** Milliseconds since 1970. */
  at: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS observation (sequence INTEGER PRIMARY KEY AUTOINCREMENT, mac TEXT NOT NULL,
    circuit TEXT NOT NULL, server TEXT, at INTEGER NOT NULL, UNIQUE (mac, circuit)) STRICT;
  CREATE INDEX IF NOT EXISTS observation_circuit ON observation (circuit);`;
const Row = z.object({
  mac: z.string(),
  circuitId: z.string(),
  serverId: z
    .string()
    .nullable()
    .transform((id) => id ?? undefined),
  at: z.number(),
});
const columns = 'mac, circuit AS "circuitId", server AS "serverId", at';
const Count = z.object({ count: z.number() });

/**
 * Which MAC was seen on which switch port: the latest observation of each pair. Kept across restarts, so that a board
 * swapped while the agent was down is still noticed. Above `limit` the oldest are evicted.
 */
export class Observations {
  readonly #store: Store;
  readonly #limit: number;
  #count: number;

  constructor(store: Store, limit = 50_000) {
    store.make(schema);
    this.#store = store;
    this.#limit = limit;
    this.#count = Count.parse(store.prepare('SELECT count(*) AS count FROM observation').get()).count;
  }

  note({ mac, circuitId, at }: Lease, serverId: string | undefined): void {
    if (circuitId === undefined) return;
    this.#store.atomically(() => {
      this.#count -= Number(
        this.#store.prepare('DELETE FROM observation WHERE mac = ? AND circuit = ?').run(mac, circuitId).changes,
      );
      this.#store
        .prepare('INSERT INTO observation (mac, circuit, server, at) VALUES (?, ?, ?, ?)')
        .run(mac, circuitId, serverId ?? null, Date.parse(at));
      this.#count += 1;
      if (this.#count > this.#limit)
        this.#count -= Number(
          this.#store.prepare('DELETE FROM observation WHERE sequence = (SELECT min(sequence) FROM observation)').run()
            .changes,
        );
    });
  }

  of(mac: string): Observation[] {
    return this.#store
      .prepare(`SELECT ${columns} FROM observation WHERE mac = ? ORDER BY sequence`)
      .all(mac)
      .map((row) => Row.parse(row));
  }

  on(circuitId: string): Observation[] {
    return this.#store
      .prepare(`SELECT ${columns} FROM observation WHERE circuit = ? ORDER BY sequence`)
      .all(circuitId)
      .map((row) => Row.parse(row));
  }
}
