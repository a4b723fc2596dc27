import { createHash, randomInt } from 'node:crypto';
import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import type { Session } from './session.ts';

/**
 * Which replicas live, seen by their session locks: each holds one under its own number, and one (shared) under
 * each group of work it competes for. Nothing is written, and a dead replica is gone with its connection.
 */
export interface Replicas {
  readonly ownId: number;
  /** From here on this replica is among those competing for the groups. */
  compete(groups: readonly string[]): Promise<void>;
  /** Ids of the living replicas that compete for a group, in one order for all. */
  competingFor(group: string): readonly number[];
  /** Called after every look, some seconds apart and whenever something was given back. */
  onLook(listener: () => void): void;
}

/** Namespaces of two-number advisory locks. */
const livesClass = 1_917_004_201;
const competesClass = 1_917_004_202;

/** Two-number advisory locks held in this database: class, number and the session that holds it. */
export const heldLocks = `SELECT classid::bigint::integer AS class, objid::bigint::integer AS number, pid FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND database = (SELECT oid FROM pg_database
    WHERE datname = current_database())`;
/** The numbers of the living replicas. */
export const livingReplicas = `SELECT number FROM (${heldLocks}) AS held WHERE class = ${livesClass}`;

/** Milliseconds. A replica that died cannot tell anyone. Alone, the only news is a newcomer's, and newcomers ring. */
const lookEvery = { alone: 5000, together: 1000 };

export function createReplicas(session: Session, ring: (what: string) => void, time: Time, log: HostLog): Replicas {
  const ownId = randomInt(1, 2 ** 31 - 1);
  let groups: readonly string[] = [];
  const lookListeners: (() => void)[] = [];
  let rivals = new Map<number, number[]>();
  let isAlone = true;
  let isUp = false;
  let callOffNextLook = () => {};

  const look = async () => {
    const locks = await session.query<{ class: number; number: number; pid: number }>(
      `${heldLocks} AND classid IN (${livesClass}, ${competesClass})`,
    );
    const idOf = new Map(locks.filter((lock) => lock.class === livesClass).map(({ pid, number }) => [pid, number]));
    rivals = new Map();
    for (const { class: lockClass, number, pid } of locks) {
      const id = idOf.get(pid);
      if (lockClass === competesClass && id !== undefined)
        rivals.set(
          number,
          [...(rivals.get(number) ?? []), id].sort((a, b) => a - b),
        );
    }
    isAlone = [...idOf.values()].every((id) => id === ownId);
    lookListeners.forEach((tell) => tell());
  };
  const lookAgain = () => {
    callOffNextLook();
    if (isUp) callOffNextLook = time.schedule(time.now() + (isAlone ? lookEvery.alone : lookEvery.together), tryToLook);
  };
  const tryToLook = () =>
    look()
      .catch((error: unknown) => log.debug({ err: error }, 'could not look for other replicas'))
      .finally(lookAgain);

  const announce = async () => {
    await session.query('SELECT pg_advisory_lock_shared($1, key) FROM unnest($2::integer[]) AS key', [
      competesClass,
      groups.map(groupKey),
    ]);
    await look();
    ring('claims');
  };

  session.onRing('claims', () => void tryToLook());
  session.use({
    up: async () => {
      // A connection of ours that the server still believes in would keep the number from us.
      await session.query(
        `SELECT pg_terminate_backend(pid) FROM (${heldLocks}) AS held WHERE class = ${livesClass} AND number = $1
          AND pid <> pg_backend_pid()`,
        [ownId],
      );
      await session.query('SELECT pg_advisory_lock($1, $2)', [livesClass, ownId]);
      await announce();
      isUp = true;
      lookAgain();
    },
    down: () => {
      isUp = false;
      callOffNextLook();
    },
  });

  return {
    ownId,
    compete: async (all) => {
      groups = all;
      await announce();
    },
    competingFor: (group) => rivals.get(groupKey(group)) ?? [ownId],
    onLook: (listener) => void lookListeners.push(listener),
  };
}

const groupKey = (group: string): number => createHash('sha256').update(group).digest().readUInt32BE() >>> 1;
