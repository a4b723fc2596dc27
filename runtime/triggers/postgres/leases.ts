import { createHash } from 'node:crypto';
import type { HostLog } from '../../core/log.ts';
import type { Lease, Leases, LeaseHandler } from '../leases.ts';
import type { HostConnection } from './host-connection.ts';
import type { Replicas } from './replicas.ts';

interface HeldLease {
  release: AbortController;
  isLost: boolean;
  done: Promise<void>;
}

interface Candidate {
  lease: Lease;
  handler: LeaseHandler;
  /** The advisory lock that stands for the lease. */
  key: string;
  /** Set while we hold it, and after losing it until the work has returned. */
  held: HeldLease | undefined;
}

/**
 * Leases as session locks: the database knows who holds what, and frees it the moment a holder's connection ends.
 * Who should hold a shared lease follows from which replicas are candidates for its group, so nothing is negotiated:
 * each releases what is another's and takes what is its own as soon as it is free.
 */
export function createPostgresLeases(
  connection: HostConnection,
  replicas: Replicas,
  notify: (what: string) => void,
  log: HostLog,
): Leases {
  const candidates: Candidate[] = [];
  let isRunning = false;
  let round: Promise<void> | undefined;
  let isAnotherRoundDue = false;

  const take = (candidate: Candidate) => {
    const held: HeldLease = { release: new AbortController(), isLost: false, done: Promise.resolve() };
    candidate.held = held;
    held.done = candidate
      .handler(held.release.signal, () => !held.isLost)
      .catch((error: unknown) =>
        log.error({ err: error, lease: candidate.lease.name }, 'work under a lease failed; it is taken up again'),
      )
      .then(() => giveBack(candidate, held));
  };

  const giveBack = async (candidate: Candidate, held: HeldLease) => {
    // A lost connection took its lock with it. Work that failed is taken up again at the next refresh, not at once.
    if (!held.isLost) await connection.query('SELECT pg_advisory_unlock($1::bigint)', [candidate.key]).catch(() => {});
    candidate.held = undefined;
    if (held.release.signal.aborted) notify('leases');
  };

  const acquire = async () => {
    for (const { lease, held } of candidates) if (held && !isOurs(lease)) held.release.abort();
    const open = candidates.filter(({ lease, held }) => !held && isOurs(lease));
    if (open.length === 0) return;
    const { generation } = connection;
    const won = await connection.query<{ key: string }>(
      'SELECT key::text FROM unnest($1::bigint[]) AS key WHERE pg_try_advisory_lock(key)',
      [open.map(({ key }) => key)],
    );
    if (connection.generation !== generation) return; // won on a connection that is gone
    const keys = new Set(won.map(({ key }) => key));
    for (const candidate of open) if (keys.has(candidate.key)) take(candidate);
  };

  const isOurs = ({ share }: Lease): boolean => {
    if (!share) return true;
    const members = replicas.candidatesFor(share.group);
    return members[(hash(share.group) + share.slot) % members.length] === replicas.ownId;
  };

  /** One round at a time; a refresh that comes meanwhile makes for one more. */
  const acquireSoon = () => {
    isAnotherRoundDue = true;
    if (isRunning) round ??= acquireWhileDue().finally(() => (round = undefined));
  };
  const acquireWhileDue = async () => {
    while (isAnotherRoundDue && isRunning) {
      isAnotherRoundDue = false;
      await acquire().catch((error: unknown) => log.debug({ err: error }, 'could not acquire leases'));
    }
  };

  replicas.onRefresh(acquireSoon);
  connection.use({
    down: () => {
      for (const { held } of candidates) {
        if (!held) continue;
        held.isLost = true;
        held.release.abort();
      }
    },
  });

  return {
    acquire: (lease, handler) => {
      candidates.push({ lease, handler, key: lockKey(lease.name), held: undefined });
    },
    start: async () => {
      isRunning = true;
      // its refresh starts the first round
      await replicas.joinGroups([...new Set(candidates.flatMap(({ lease }) => lease.share?.group ?? []))]);
    },
    stop: async () => {
      isRunning = false;
      await round;
      for (const { held } of candidates) held?.release.abort();
      await Promise.all(candidates.map(({ held }) => held?.done));
    },
  };
}

const hash = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE();
const lockKey = (name: string): string =>
  createHash('sha256').update(`runtime lease ${name}`).digest().readBigInt64BE().toString();
