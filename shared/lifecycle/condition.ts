import { z } from 'zod';
import { appendEvents } from '../events/log.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import type { ServerId } from '../kernel/ids.ts';
import { quarantineLifted, assetFailed } from './events.ts';
import { liftedByPeople, State } from './states.ts';

/** How a server is doing beside its state. `condition_since` says since when; none of this changes the state. */
export type Doing =
  | { condition: 'working' }
  /** For whom, why, and until when at most. */
  | { condition: 'waiting'; for: string; reason: string; until?: string; sagaId: string; taskId?: string }
  /** What went wrong and is being tried again. */
  | { condition: 'failed'; reason: string; attempts: number; sagaId: string };

/**
 * Notes how a server is doing. What a person has to lift (held, quarantined), and what a stuck saga has said, stays as
 * it is.
 */
export async function noteCondition(
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  { condition, ...detail }: Doing,
): Promise<void> {
  await db.run(
    `UPDATE asset SET condition = $2, condition_detail = $3, condition_since = CASE
      WHEN condition = $2 THEN condition_since ELSE $4 END, updated_at = $4
     WHERE id = $1 AND condition <> ALL ($5) AND (condition <> $2 OR condition_detail <> $3)`,
    [serverId, condition, JSON.stringify(detail), isoTime(clock.now()), [...liftedByPeople, 'stuck']],
  );
}

/** A saga of the server waits for a person. What a person has to lift stays as it is. */
export const noteStuck = (
  tx: Queryable,
  clock: Clock,
  serverId: ServerId,
  detail: { sagaId: string; reason: string },
): Promise<number> =>
  tx.run(
    `UPDATE asset SET condition = 'stuck', condition_since = $2, condition_detail = $3
      WHERE id = $1 AND condition <> ALL ($4)`,
    [serverId, isoTime(clock.now()), JSON.stringify(detail), [...liftedByPeople]],
  );

/** The saga that its server was stuck for has been decided on. */
export const liftStuck = (tx: Queryable, clock: Clock, serverId: ServerId): Promise<number> =>
  tx.run(
    "UPDATE asset SET condition = 'working', condition_since = $2, condition_detail = '{}' WHERE id = $1 AND " +
      "condition = 'stuck'",
    [serverId, isoTime(clock.now())],
  );

export interface Quarantine {
  reason: string;
  /** What was tried before. */
  tried?: readonly string[];
  sagaId?: string;
  [more: string]: unknown;
}

const Standing = z.object({ state: State, datacenter: z.string() });

/**
 * Takes a server out of circulation: no order is given it, whatever state it is moved to, until a person or
 * `liftOwnQuarantine` lifts that.
 */
export async function quarantine(db: Database, clock: Clock, serverId: ServerId, detail: Quarantine): Promise<void> {
  const now = isoTime(clock.now());
  await db.transaction(async (tx) => {
    const news = await tx.maybe(
      Standing,
      `UPDATE asset SET condition = 'quarantined', condition_detail = $2, condition_since = $3, updated_at = $3
        WHERE id = $1 AND condition <> 'quarantined' RETURNING state, datacenter_id AS datacenter`,
      [serverId, JSON.stringify(detail), now],
    );
    if (!news)
      return void (await tx.run(
        'UPDATE asset SET condition_detail = $2, updated_at = $3 WHERE id = $1 AND condition = ' +
          "'quarantined' AND condition_detail ->> 'sagaId' IS NOT DISTINCT FROM $4",
        [serverId, JSON.stringify(detail), now, detail.sagaId ?? null],
      ));
    await appendEvents(tx, clock, [
      assetFailed({
        subject: serverId,
        datacenterId: news.datacenter,
        data: {
          serverId,
          state: news.state,
          condition: 'quarantined',
          reason: detail.reason,
          datacenterId: news.datacenter,
        },
      }),
    ]);
  });
}

/** Lifts what that very saga imposed: its reason has gone. */
export const liftOwnQuarantine = (
  db: Database,
  clock: Clock,
  serverId: ServerId,
  sagaId: string,
  reason: string,
): Promise<boolean> =>
  lift(db, clock, serverId, { by: sagaId, reason }, "AND condition_detail ->> 'sagaId' = $3", [sagaId]);

/** A person says that a server may be used again. Throws `conflict` where it is not in quarantine. */
export async function liftQuarantine(
  db: Database,
  clock: Clock,
  serverId: ServerId,
  who: { by: string; reason: string },
): Promise<void> {
  if (await lift(db, clock, serverId, who, '', [])) return;
  throw new AppError({
    code: 'asset.not-quarantined',
    kind: 'conflict',
    publicMessage: `The server ${serverId} is not in quarantine.`,
  });
}

async function lift(
  db: Database,
  clock: Clock,
  serverId: ServerId,
  { by, reason }: { by: string; reason: string },
  only: string,
  values: readonly string[],
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const lifted = await tx.maybe(
      Standing,
      `UPDATE asset SET condition = 'working', condition_detail = '{}', condition_since = $2, updated_at = $2
        WHERE id = $1 AND condition = 'quarantined' ${only} RETURNING state, datacenter_id AS datacenter`,
      [serverId, isoTime(clock.now()), ...values],
    );
    if (lifted)
      await appendEvents(tx, clock, [
        quarantineLifted({ subject: serverId, datacenterId: lifted.datacenter, data: { serverId, by, reason } }),
      ]);
    return lifted !== undefined;
  });
}
