import { createHash } from 'node:crypto';
import type { HostLog } from '../../core/log.ts';
import type { Claim, Claims, Hold } from '../claims.ts';
import type { Replicas } from './replicas.ts';
import type { Session } from './session.ts';

interface Held {
  letGo: AbortController;
  isLost: boolean;
  done: Promise<void>;
}

interface Contest {
  claim: Claim;
  hold: Hold;
  /** The advisory lock that stands for the claim. */
  key: string;
  /** Set while we hold it, and after losing it until the work has returned. */
  held: Held | undefined;
}

/**
 * Claims as session locks: the database knows who holds what, and frees it the moment a holder's connection ends.
 * Who should hold a shared claim follows from which replicas compete for its group, so nothing is negotiated:
 * each lets go of what is another's and takes what is its own as soon as it is free.
 */
export function createPostgresClaims(
  session: Session,
  replicas: Replicas,
  ring: (what: string) => void,
  log: HostLog,
): Claims {
  const contests: Contest[] = [];
  let isRunning = false;
  let round: Promise<void> | undefined;
  let isAnotherRoundDue = false;

  const take = (contest: Contest) => {
    const held: Held = { letGo: new AbortController(), isLost: false, done: Promise.resolve() };
    contest.held = held;
    held.done = contest
      .hold(held.letGo.signal, () => !held.isLost)
      .catch((error: unknown) =>
        log.error({ err: error, claim: contest.claim.name }, 'work under a claim failed; it is taken up again'),
      )
      .then(() => giveBack(contest, held));
  };

  const giveBack = async (contest: Contest, held: Held) => {
    // A lost session took its lock with it. Work that failed is competed for again at the next look, not at once.
    if (!held.isLost) await session.query('SELECT pg_advisory_unlock($1::bigint)', [contest.key]).catch(() => {});
    contest.held = undefined;
    if (held.letGo.signal.aborted) ring('claims');
  };

  const compete = async () => {
    for (const { claim, held } of contests) if (held && !isOurs(claim)) held.letGo.abort();
    const open = contests.filter(({ claim, held }) => !held && isOurs(claim));
    if (open.length === 0) return;
    const { generation } = session;
    const won = await session.query<{ key: string }>(
      'SELECT key::text FROM unnest($1::bigint[]) AS key WHERE pg_try_advisory_lock(key)',
      [open.map(({ key }) => key)],
    );
    if (session.generation !== generation) return; // won on a connection that is gone
    const keys = new Set(won.map(({ key }) => key));
    for (const contest of open) if (keys.has(contest.key)) take(contest);
  };

  const isOurs = ({ share }: Claim): boolean => {
    if (!share) return true;
    const rivals = replicas.competingFor(share.group);
    return rivals[(hash(share.group) + share.slot) % rivals.length] === replicas.ownId;
  };

  /** One round at a time; news that comes meanwhile makes for one more. */
  const competeSoon = () => {
    isAnotherRoundDue = true;
    if (isRunning) round ??= competeWhileDue().finally(() => (round = undefined));
  };
  const competeWhileDue = async () => {
    while (isAnotherRoundDue && isRunning) {
      isAnotherRoundDue = false;
      await compete().catch((error: unknown) => log.debug({ err: error }, 'could not compete for claims'));
    }
  };

  replicas.onLook(competeSoon);
  session.use({
    down: () => {
      for (const { held } of contests) {
        if (!held) continue;
        held.isLost = true;
        held.letGo.abort();
      }
    },
  });

  return {
    compete: (claim, hold) => {
      contests.push({ claim, hold, key: lockKey(claim.name), held: undefined });
    },
    start: async () => {
      isRunning = true;
      // its look starts the first round
      await replicas.compete([...new Set(contests.flatMap(({ claim }) => claim.share?.group ?? []))]);
    },
    stop: async () => {
      isRunning = false;
      await round;
      for (const { held } of contests) held?.letGo.abort();
      await Promise.all(contests.map(({ held }) => held?.done));
    },
  };
}

const hash = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE();
const lockKey = (name: string): string =>
  createHash('sha256').update(`runtime claim ${name}`).digest().readBigInt64BE().toString();
