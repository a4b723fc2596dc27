import { z } from 'zod';
import { prepared, type Queryable } from '../../kernel/database/database.ts';
import { SagaState } from './sagas.api.ts';

export const SagaRow = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  rootId: z.string(),
  subject: z.string(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  tenantId: z.string().nullable(),
  datacenterId: z.string().nullable(),
  state: SagaState,
  waitingFor: z.string().nullable(),
  waitingUntil: z.string().nullable(),
  cancelRequested: z.object({ by: z.string(), reason: z.string() }).nullable(),
  pointOfNoReturn: z.string().nullable(),
  held: z.object({ step: z.string(), key: z.string(), reason: z.string(), steps: z.array(z.string()) }).nullable(),
  endedReason: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().nullable(),
  /**
   * How its instance in the engine ended though its story had not: it is dead. Null while it lives, as far as is known,
   * and when its story ended before.
   */
  engineEnd: z.string().nullable(),
});
export type SagaRow = z.infer<typeof SagaRow>;
const columns = `id, name, parent_id AS "parentId", root_id AS "rootId", subject, order_id AS "orderId",
  server_id AS "serverId", tenant_id AS "tenantId", datacenter_id AS "datacenterId", state,
  waiting_for AS "waitingFor", waiting_until AS "waitingUntil", cancel_requested AS "cancelRequested",
    point_of_no_return AS "pointOfNoReturn", held, ended_reason AS "endedReason",
  started_at AS "startedAt", updated_at AS "updatedAt", ended_at AS "endedAt", engine_end AS "engineEnd"`;

export const findSaga = (db: Queryable, id: string): Promise<SagaRow | undefined> =>
  db.maybe(SagaRow, `SELECT ${columns} FROM saga WHERE id = $1`, [id]);
const family = prepared(`SELECT ${columns} FROM saga WHERE root_id = $1 ORDER BY started_at, id`);
/** A story and all its parts, in the order they began. */
export const sagaFamily = (db: Queryable, rootId: string): Promise<SagaRow[]> => db.many(SagaRow, family, [rootId]);

/** The ids of a server's sagas that have not ended. */
export const openSagasOf = async (db: Queryable, serverId: string): Promise<string[]> =>
  (
    await db.many(z.object({ id: z.string() }), 'SELECT id FROM saga WHERE server_id = $1 AND ended_at IS NULL', [
      serverId,
    ])
  ).map(({ id }) => id);

/** Newest first; `after` is `startedAt/id` of the last of the page before. */
export const listSagas = (
  db: Queryable,
  filter: {
    states?: readonly string[] | undefined;
    serverId?: string | undefined;
    name?: string | undefined;
    onlyRoots?: boolean | undefined;
    after?: { startedAt: string; id: string } | undefined;
    limit: number;
  },
): Promise<SagaRow[]> =>
  db.many(
    SagaRow,
    `SELECT ${columns} FROM saga
     WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR server_id = $2) AND ($3::text IS NULL
       OR name = $3) AND (NOT $4 OR parent_id IS NULL)
       AND ($5::timestamptz IS NULL OR (started_at, id) < ($5, $6)) ORDER BY started_at DESC, id DESC LIMIT $7`,
    [
      filter.states ?? null,
      filter.serverId ?? null,
      filter.name ?? null,
      filter.onlyRoots ?? false,
      filter.after?.startedAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );

export const StepRow = z.object({
  sagaId: z.string(),
  key: z.string(),
  step: z.string(),
  state: z.enum(['running', 'waiting', 'done', 'refused', 'failed', 'undoing', 'undone', 'undo-failed', 'skipped']),
  attempts: z.number().int(),
  detail: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
  updatedAt: z.string(),
});
export type StepRow = z.infer<typeof StepRow>;
/** In the order they began. Of two that began in one instant the number of the call tells, which ends its key. */
export const stepsOf = (db: Queryable, sagaIds: readonly string[]): Promise<StepRow[]> =>
  db.many(
    StepRow,
    'SELECT saga_id AS "sagaId", key, step, state, attempts, detail, started_at AS "startedAt", updated_at ' +
      'AS "updatedAt" FROM saga_step WHERE saga_id = ANY ($1) ORDER BY started_at, ' +
      "substring(key FROM '#([0-9]+)$')::int, key",
    [sagaIds],
  );

export const TimelineRow = z.object({
  position: z.number().int(),
  sagaId: z.string(),
  at: z.string(),
  kind: z.string(),
  step: z.string().nullable(),
  attempt: z.number().int().nullable(),
  text: z.string(),
});
export type TimelineRow = z.infer<typeof TimelineRow>;
export const timelineOf = (
  db: Queryable,
  filter: { sagaId?: string; rootId?: string; after?: number | undefined; limit: number },
): Promise<TimelineRow[]> =>
  db.many(
    TimelineRow,
    `SELECT position, saga_id AS "sagaId", at, kind, step, attempt, text FROM saga_timeline
     WHERE ($1::text IS NULL OR saga_id = $1) AND ($2::text IS NULL OR root_id = $2) AND position > $3
       ORDER BY position LIMIT $4`,
    [filter.sagaId ?? null, filter.rootId ?? null, filter.after ?? 0, filter.limit],
  );
