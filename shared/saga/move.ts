import type { Evidence } from '../domain/proofs/evidence.ts';
import { prove } from '../domain/proofs/proofs.db.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import type { ServerId } from '../kernel/ids.ts';
import { applyTransition, type StateChanges } from '../lifecycle/apply.ts';
import type { ProofKind } from '../lifecycle/proof-kinds.ts';
import type { Cause } from '../lifecycle/transitions.ts';
import type { Deps } from './deps.ts';
import type { StepContext } from './step.ts';

/** Moves a server as part of a step. What the lifecycle refuses fails the step: the saga decided on a wrong picture. */
export async function move(
  { db, clock }: { db: Queryable; clock: Clock },
  context: StepContext,
  serverId: ServerId,
  cause: Cause,
  changes: StateChanges = {},
): Promise<void> {
  const applied = await applyTransition(db, clock, serverId, cause, context.origin, changes);
  if (applied.outcome !== 'refused') return;
  throw new AppError({
    code: 'lifecycle.refused',
    kind: 'conflict',
    publicMessage: `Server ${serverId} is ${applied.state}: ${applied.reason}.`,
    context: { serverId, cause },
  });
}

/** Moves a server by what a step has just seen: the proof and the state that requires it commit together. */
export const moveByProof = <K extends ProofKind>(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  context: StepContext,
  serverId: ServerId,
  cause: Cause,
  kind: K,
  evidence: Evidence<K>,
): Promise<void> =>
  db.transaction(async (tx) => {
    await prove(tx, clock, serverId, kind, evidence, context);
    await move({ db: tx, clock }, context, serverId, cause);
  });

/** Moves a server back as part of an undo. Where there is nothing to move back, nothing had happened. */
export async function moveBack(
  { db, clock }: Deps,
  context: StepContext,
  serverId: ServerId,
  cause: Cause,
  changes: StateChanges = {},
): Promise<void> {
  await applyTransition(db, clock, serverId, cause, context.origin, changes);
}
