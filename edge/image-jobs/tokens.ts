import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Clock } from '../../shared/kernel/clock.ts';
import { days, hours, minutes } from '../../shared/kernel/durations.ts';
import type { Store } from '../kernel/store.ts';

/** The boot that a token stands for. */
export interface Holder {
  mac: string;
  serverId: string;
}

const schema = `
  CREATE TABLE IF NOT EXISTS boot_token (digest TEXT PRIMARY KEY, mac TEXT NOT NULL, server TEXT NOT NULL,
    issued_at INTEGER NOT NULL, used_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS boot_token_mac ON boot_token (mac, issued_at);`;
const Row = z.object({ mac: z.string(), serverId: z.string(), issuedAt: z.number(), usedAt: z.number() });
const form = /^[0-9a-f]{32}$/;

/** An image asks for a job every few seconds. One that was silent for this long does not run any more. */
const idleFor = hours(12);
/** Twice as long as the longest job may take. */
const validFor = days(14);
/** The precision of the last use: recording each use would be a write per request. */
const notedEvery = minutes(10);
/**
 * iPXE asks again when a file does not arrive; each answer has a fresh token, and an earlier one may be in use already.
 */
const keptPerMachine = 4;

/**
 * Boot tokens prove that a machine was booted by this agent: each is part of the address that one boot of one port
 * reports to. Only digests are stored. They outlive the agent, so that a machine in the middle of a boot goes on.
 */
export class BootTokens {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    store.make(schema);
    this.#store = store;
    this.#clock = clock;
  }

  issue({ mac, serverId }: Holder): string {
    const token = randomBytes(16).toString('hex');
    const now = this.#clock.now();
    this.#store.atomically(() => {
      this.#store
        .prepare('INSERT INTO boot_token VALUES (?, ?, ?, ?, ?)')
        .run(digestOf(token), mac, serverId, now, now);
      this.#store
        .prepare(
          'DELETE FROM boot_token WHERE mac = ? AND rowid NOT IN (SELECT rowid FROM boot_token WHERE mac = ' +
            '? ORDER BY issued_at DESC, rowid DESC LIMIT ?)',
        )
        .run(mac, mac, keptPerMachine);
      this.#store
        .prepare('DELETE FROM boot_token WHERE used_at < ? OR issued_at < ?')
        .run(now - idleFor, now - validFor);
    });
    return token;
  }

  /** Undefined for a token that is unknown, revoked or expired. */
  holderOf(token: string): Holder | undefined {
    const found = form.test(token)
      ? this.#store
          .prepare(
            'SELECT mac, server AS "serverId", issued_at AS "issuedAt", used_at AS "usedAt" FROM ' +
              'boot_token WHERE digest = ?',
          )
          .get(digestOf(token))
      : undefined;
    if (found === undefined) return undefined;
    const { mac, serverId, issuedAt, usedAt } = Row.parse(found);
    const now = this.#clock.now();
    if (now - usedAt >= idleFor || now - issuedAt >= validFor) return undefined;
    if (now - usedAt >= notedEvery)
      this.#store.prepare('UPDATE boot_token SET used_at = ? WHERE digest = ?').run(now, digestOf(token));
    return { mac, serverId };
  }

  /** Call it when the machine boots something else. */
  revoke(mac: string): void {
    this.#store.prepare('DELETE FROM boot_token WHERE mac = ?').run(mac);
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');
