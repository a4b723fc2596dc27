import { z } from 'zod';
import { appendEvents } from '../../events/log.ts';
import type { Actor } from '../../kernel/actor.ts';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Database, Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { DatacenterId, TaskId } from '../../kernel/ids.ts';
import { resolveAnomalyFinding } from '../validation/anomaly-findings.db.ts';
import { taskCompleted, taskOpened } from './events.ts';
import { TaskLine } from './task-lines.ts';

export const TaskKind = z.enum([
  'receive',
  'rack',
  'cable',
  'fix',
  'uncable',
  'unrack',
  'remove',
  'maintain',
  'identify',
  'inspect',
]);
export type TaskKind = z.infer<typeof TaskKind>;

export const Task = z.object({
  id: TaskId,
  kind: TaskKind,
  dedupeKey: z.string(),
  datacenterId: DatacenterId,
  serverId: z.string().nullable(),
  orderId: z.string().nullable(),
  shipmentId: z.string().nullable(),
  sagaId: z.string().nullable(),
  title: z.string(),
  instructions: z.array(z.string()),
  lines: z.array(TaskLine),
  state: z.enum(['open', 'claimed', 'done', 'cancelled']),
  claimedBy: z.string().nullable(),
  claimedById: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  completedBy: z.string().nullable(),
  dueAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  rackName: z.string().nullable(),
  rackUnit: z.number().int().nullable(),
});
export type Task = z.infer<typeof Task>;
const columns = `id, kind, dedupe_key AS "dedupeKey", task.datacenter_id AS "datacenterId",
  task.server_id AS "serverId", order_id AS "orderId", shipment_id AS "shipmentId", saga_id AS "sagaId",
  title, instructions, lines, state, claimed_by AS "claimedBy", claimed_by_id AS "claimedById", result,
    completed_by AS "completedBy", due_at AS "dueAt", created_at AS "createdAt", updated_at AS "updatedAt",
      place.rack_name AS "rackName", place.unit AS "rackUnit"`;
/** With the place where its server stands now. */
const source =
  'task LEFT JOIN LATERAL (SELECT rack_name, min(unit) AS unit FROM rack_unit r WHERE r.server_id = ' +
  'task.server_id GROUP BY rack_name) AS place ON true';

export type NewTask = Pick<Task, 'id' | 'kind' | 'dedupeKey' | 'datacenterId' | 'sagaId' | 'title' | 'instructions'> & {
  lines?: readonly TaskLine[];
  serverId?: string | null;
  orderId?: string | null;
  shipmentId?: string | null;
  dueAt: number;
};

/** Opens the task or finds the one already opened under the same key. */
export async function openTask(db: Database, clock: Clock, task: NewTask): Promise<Task> {
  return db.transaction(async (tx) => {
    const opened = await tx.run(
      `INSERT INTO task (id, kind, dedupe_key, datacenter_id, server_id, order_id, shipment_id, saga_id, title,
        instructions, state, due_at, created_at, updated_at, lines)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $12, $13)
         ON CONFLICT (dedupe_key) DO NOTHING`,
      [
        task.id,
        task.kind,
        task.dedupeKey,
        task.datacenterId,
        task.serverId ?? null,
        task.orderId ?? null,
        task.shipmentId ?? null,
        task.sagaId,
        task.title,
        JSON.stringify(task.instructions),
        isoTime(task.dueAt),
        isoTime(clock.now()),
        JSON.stringify(task.lines ?? []),
      ],
    );
    if (opened > 0) {
      await appendEvents(tx, clock, [
        taskOpened({
          subject: task.id,
          datacenterId: task.datacenterId,
          data: {
            taskId: task.id,
            kind: task.kind,
            title: task.title,
            datacenterId: task.datacenterId,
            serverId: task.serverId ?? null,
            dueAt: isoTime(task.dueAt),
          },
        }),
      ]);
    }
    const found = await findTaskByKey(tx, task.dedupeKey);
    if (!found) throw new Error(`The task ${task.dedupeKey} vanished while it was opened.`);
    return found;
  });
}

/**
 * Something more is known that helps whoever does it. Said once; a task that is over, or long already, stays as it is.
 */
export const addInstruction = (db: Queryable, clock: Clock, id: TaskId, instruction: string): Promise<number> =>
  db.run(
    'UPDATE task SET instructions = instructions || to_jsonb($2::text), updated_at = $3 WHERE id = $1 AND ' +
      "state IN ('open', 'claimed') AND NOT instructions @> to_jsonb($2::text) AND " +
      'jsonb_array_length(instructions) < 10',
    [id, instruction, isoTime(clock.now())],
  );

export const findTaskByKey = (db: Queryable, dedupeKey: string): Promise<Task | undefined> =>
  db.maybe(Task, `SELECT ${columns} FROM ${source} WHERE dedupe_key = $1`, [dedupeKey]);

export const findTask = (db: Queryable, id: TaskId): Promise<Task | undefined> =>
  db.maybe(Task, `SELECT ${columns} FROM ${source} WHERE id = $1`, [id]);

export async function getTask(db: Queryable, id: TaskId): Promise<Task> {
  const task = await findTask(db, id);
  if (!task) throw new AppError({ code: 'task.unknown', kind: 'not-found', publicMessage: `There is no task ${id}.` });
  return task;
}

/** Most urgent first; `after` is `dueAt/id` of the last of the page before. */
export const listTasks = (
  db: Queryable,
  filter: {
    datacenterIds?: readonly string[] | undefined;
    states?: readonly string[] | undefined;
    serverId?: string | undefined;
    after?: { dueAt: string; id: string } | undefined;
    limit: number;
  },
): Promise<Task[]> =>
  db.many(
    Task,
    `SELECT ${columns} FROM ${source}
     WHERE ($1::text[] IS NULL OR task.datacenter_id = ANY ($1)) AND ($2::text[] IS NULL OR state = ANY ($2))
       AND ($3::text IS NULL OR task.server_id = $3)
       AND ($4::timestamptz IS NULL OR (due_at, id) > ($4, $5)) ORDER BY due_at, id LIMIT $6`,
    [
      filter.datacenterIds ?? null,
      filter.states ?? null,
      filter.serverId ?? null,
      filter.after?.dueAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );

/** Takes an open task. Taking one's own again is success; somebody else's throws `conflict`. */
export async function claimTask(db: Queryable, clock: Clock, id: TaskId, by: Actor): Promise<Task> {
  await db.run(
    "UPDATE task SET state = 'claimed', claimed_by = $2, claimed_by_id = $4, updated_at = $3 WHERE id = $1 " +
      "AND state = 'open'",
    [id, by.name, isoTime(clock.now()), by.id],
  );
  const task = await getTask(db, id);
  if (task.state === 'claimed' && task.claimedById === by.id) return task;
  throw new AppError({
    code: 'task.taken',
    kind: 'conflict',
    publicMessage: task.state === 'claimed' ? `${task.claimedBy} is already at it.` : `The task is ${task.state}.`,
  });
}

/** Ends a task with what was found or done. Ending one that is done already changes nothing. */
export async function completeTask(
  db: Database,
  clock: Clock,
  id: TaskId,
  by: Actor,
  result: Record<string, unknown>,
): Promise<Task> {
  return db.transaction(async (tx) => {
    const ended = await tx.run(
      "UPDATE task SET state = 'done', claimed_by = COALESCE(claimed_by, $2), claimed_by_id = " +
        'COALESCE(claimed_by_id, $5), completed_by = $2, result = $3, updated_at = $4 WHERE id = $1 AND ' +
        "state IN ('open', 'claimed')",
      [id, by.name, JSON.stringify(result), isoTime(clock.now()), by.id],
    );
    const task = await getTask(tx, id);
    if (task.state === 'cancelled')
      throw new AppError({
        code: 'task.cancelled',
        kind: 'conflict',
        publicMessage: 'The task was called off; there is nothing to do any more.',
      });
    if (ended > 0) {
      await resolveAnomalyFinding(tx, clock, task);
      await appendEvents(tx, clock, [
        taskCompleted({
          subject: task.id,
          datacenterId: task.datacenterId,
          data: {
            taskId: task.id,
            kind: task.kind,
            datacenterId: task.datacenterId,
            serverId: task.serverId,
            completedBy: by.name,
          },
        }),
      ]);
    }
    return task;
  });
}

export const cancelTask = (db: Queryable, clock: Clock, dedupeKey: string): Promise<number> =>
  db.run(
    "UPDATE task SET state = 'cancelled', updated_at = $2 WHERE dedupe_key = $1 AND state IN ('open', 'claimed')",
    [dedupeKey, isoTime(clock.now())],
  );
