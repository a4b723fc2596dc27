import type { Drive, ServerFacts } from '../../facts/server.ts';
import type { Clock } from '../../kernel/clock.ts';
import { inOneTransaction, type Queryable } from '../../kernel/database/database.ts';
import type { ServerId } from '../../kernel/ids.ts';
import { lockServer } from '../../lifecycle/lock.ts';
import { commissioned, type ProofKind } from '../../lifecycle/proof-kinds.ts';
import { voidProofs } from '../../lifecycle/proofs.ts';
import { isRecordedBefore } from './evidence.ts';
import { evidenceIn, proofsOf, type Proof } from './proofs.db.ts';

/** What a machine, as it is now, makes untrue of what was proved of it, and why. */
export interface Untrue {
  kinds: readonly ProofKind[];
  reason: string;
}

type Named = Pick<Drive, 'name'> & { serial?: string | null | undefined };
const plain = (serial: string | null | undefined): string | undefined => serial?.trim().toUpperCase() || undefined;
/** A drive by its serial number; one that has none by its place. */
const keyOf = ({ serial, name }: Named): string => plain(serial) ?? `at ${name}`;

/**
 * Compares what was proved with what the machine is now: another serial number is another machine or board, and a drive
 * that a proof does not cover may hold anything. A drive that is gone makes nothing untrue but that the parts are those
 * that were validated. Lists of a management controller count by serial numbers only.
 */
export function untrueBy(facts: ServerFacts, live: readonly Proof[]): Untrue[] {
  const isInBand = facts.source === 'validation-image';
  const present = (facts.drives ?? []).filter((drive) => isInBand || plain(drive.serial) !== undefined);
  return live.flatMap((proof): Untrue[] => {
    const { kind } = proof;
    if (kind === 'validated') return untrueValidation(facts, present, proof);
    if (kind !== 'erase-verified' && kind !== 'factory-new') return [];
    const covered = coveredBy(kind, proof);
    const unknown = covered && present.find((drive) => !covered.has(keyOf(drive)));
    return unknown
      ? [
          {
            kinds: [kind, 'burned-in'],
            reason: `drive ${unknown.serial ?? unknown.name} was not there when it was proved`,
          },
        ]
      : [];
  });
}

function untrueValidation(
  { identity, source, drives }: ServerFacts,
  present: readonly Named[],
  proof: Proof,
): Untrue[] {
  const seen = evidenceIn('validated', proof);
  if (isRecordedBefore(seen)) return [];
  if (identity.serial !== undefined && plain(identity.serial) !== plain(seen.serial))
    return [{ kinds: ['validated', ...commissioned], reason: `it says its serial number is ${identity.serial}` }];
  const missing = seen.drives.find((drive) => !present.some(({ serial }) => plain(serial) === plain(drive)));
  return source === 'validation-image' &&
    drives !== undefined &&
    missing !== undefined &&
    !missing.endsWith('(no serial number)')
    ? [{ kinds: ['validated'], reason: `drive ${missing} is no longer there` }]
    : [];
}

/** Drives that a proof says hold nobody's data; undefined where it was recorded before evidence was kept. */
function coveredBy(kind: 'erase-verified' | 'factory-new', proof: Proof): Set<string> | undefined {
  if (kind === 'factory-new') {
    const seen = evidenceIn(kind, proof);
    return isRecordedBefore(seen) ? undefined : new Set(seen.drives.map(keyOf));
  }
  const seen = evidenceIn(kind, proof);
  return isRecordedBefore(seen)
    ? undefined
    : new Set(seen.drives.filter(({ outcome }) => outcome === 'erased').map(keyOf));
}

/** Voids what the machine, as it was just seen, makes untrue. Call it wherever facts of a machine are recorded. */
export const voidUntrue = (
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  facts: ServerFacts,
  by: { actor: string; sagaId?: string },
): Promise<void> =>
  inOneTransaction(db, async (tx) => {
    await lockServer(tx, serverId);
    const live = (await proofsOf(tx, serverId)).filter(({ voided }) => voided === null);
    for (const { kinds, reason } of untrueBy(facts, live)) await voidProofs(tx, clock, serverId, kinds, reason, by);
  });
