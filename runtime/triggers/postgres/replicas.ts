import { createHash, randomInt } from 'node:crypto';
import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import type { HostConnection } from './host-connection.ts';

/**
 * Which replicas live, seen by their session locks: each holds one under its own number, and one (shared) under
 * each group of work it is a candidate for. Nothing is written, and a dead replica is gone with its connection.
 */
export interface Replicas {
  readonly ownId: number;
  /** From here on this replica is a candidate for the leases of the groups. */
  joinGroups(groups: readonly string[]): Promise<void>;
  /** Ids of the living replicas that are candidates for a group, in one order for all. */
  candidatesFor(group: string): readonly number[];
  /** Called after every refresh, some seconds apart and whenever something was released. */
  onRefresh(listener: () => void): void;
}

/** Namespaces of two-number advisory locks. */
const replicaClass = 1_917_004_201;
const candidateClass = 1_917_004_202;

/** Two-number advisory locks held in this database: class, number and the session that holds it. */
export const heldLocks = `SELECT classid::bigint::integer AS class, objid::bigint::integer AS number, pid FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND database = (SELECT oid FROM pg_database
    WHERE datname = current_database())`;
/** The numbers of the living replicas. */
export const livingReplicas = `SELECT number FROM (${heldLocks}) AS held WHERE class = ${replicaClass}`;

/** Milliseconds. A replica that died cannot tell anyone. Alone, the only change is a newcomer, and newcomers notify. */
const refreshEvery = { alone: 5000, together: 1000 };

export function createReplicas(
  connection: HostConnection,
  notify: (what: string) => void,
  time: Time,
  log: HostLog,
): Replicas {
  const ownId = randomInt(1, 2 ** 31 - 1);
  let groups: readonly string[] = [];
  const listeners: (() => void)[] = [];
  let candidates = new Map<number, number[]>();
  let isAlone = true;
  let isUp = false;
  let cancelNextRefresh = () => {};

  const refresh = async () => {
    const locks = await connection.query<{ class: number; number: number; pid: number }>(
      `${heldLocks} AND classid IN (${replicaClass}, ${candidateClass})`,
    );
    const idOf = new Map(locks.filter((lock) => lock.class === replicaClass).map(({ pid, number }) => [pid, number]));
    candidates = new Map();
    for (const { class: lockClass, number, pid } of locks) {
      const id = idOf.get(pid);
      if (lockClass === candidateClass && id !== undefined)
        candidates.set(
          number,
          [...(candidates.get(number) ?? []), id].sort((a, b) => a - b),
        );
    }
    isAlone = [...idOf.values()].every((id) => id === ownId);
    listeners.forEach((listener) => listener());
  };
  const scheduleRefresh = () => {
    cancelNextRefresh();
    if (isUp)
      cancelNextRefresh = time.schedule(
        time.now() + (isAlone ? refreshEvery.alone : refreshEvery.together),
        tryToRefresh,
      );
  };
  const tryToRefresh = () =>
    refresh()
      .catch((error: unknown) => log.debug({ err: error }, 'could not read which replicas live'))
      .finally(scheduleRefresh);

  const announce = async () => {
    await connection.query('SELECT pg_advisory_lock_shared($1, key) FROM unnest($2::integer[]) AS key', [
      candidateClass,
      groups.map(groupKey),
    ]);
    await refresh();
    notify('leases');
  };

  connection.onNotification('leases', () => void tryToRefresh());
  connection.use({
    up: async () => {
      // A connection of ours that the server still believes in would keep the number from us.
      await connection.query(
        `SELECT pg_terminate_backend(pid) FROM (${heldLocks}) AS held WHERE class = ${replicaClass} AND number = $1
          AND pid <> pg_backend_pid()`,
        [ownId],
      );
      await connection.query('SELECT pg_advisory_lock($1, $2)', [replicaClass, ownId]);
      await announce();
      isUp = true;
      scheduleRefresh();
    },
    down: () => {
      isUp = false;
      cancelNextRefresh();
    },
  });

  return {
    ownId,
    joinGroups: async (all) => {
      groups = all;
      await announce();
    },
    candidatesFor: (group) => candidates.get(groupKey(group)) ?? [ownId],
    onRefresh: (listener) => void listeners.push(listener),
  };
}

const groupKey = (group: string): number => createHash('sha256').update(group).digest().readUInt32BE() >>> 1;
