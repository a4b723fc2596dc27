import { z } from 'zod';
import type { Database, Queryable } from '../../kernel/database/database.ts';
import type { BmcOperation, BmcTarget } from '../../ports/bmc.ts';
import { CommandOutcome, EdgeCommand } from './edge.api.ts';
import { leaseSeconds } from './uplink.api.ts';

/** Sent with the datacenter's id when a command was issued there or its next one may start. */
export const commandNotice = 'edge_command';
/** Sent with the command's id when it has ended. */
export const answerNotice = 'edge_answer';

export interface NewCommand {
  id: string;
  /**
   * Identifies an effect that may happen once: where a command with this key is done, its answer stands and it is not
   * repeated.
   */
  key?: string | undefined;
  operation: BmcOperation;
  isWrite: boolean;
  target: BmcTarget;
  input: unknown;
  /** How long it may wait to be taken. */
  startWithinSeconds: number;
  runSeconds: number;
}

const Issued = z.object({ id: z.string(), isNew: z.boolean() });

/**
 * Stores a command for the agent of its datacenter. Answers the id of the command to wait for: a write that is issued
 * again while it waits or runs is the same command, and so is one of the same key that is done.
 */
export async function issueCommand(
  db: Queryable,
  { id, key, operation, isWrite, target, input, startWithinSeconds, runSeconds }: NewCommand,
): Promise<string> {
  const issued = await db.maybe(
    Issued,
    `WITH same AS (
       SELECT id FROM edge_command
       WHERE $5 AND server_id = $3 AND is_write AND operation = $4 AND target = $6 AND input = $7
         AND (state IN ('waiting', 'taken') AND (CASE state WHEN 'waiting' THEN start_by
           ELSE over_by END) > clock_timestamp() OR key = $10 AND state = 'done')
       ORDER BY fence DESC LIMIT 1
     ), issued AS (
       INSERT INTO edge_command (id, datacenter_id, server_id, operation, is_write, target, input, start_by,
         run_seconds, key)
       SELECT $1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8 * interval '1 second', $9, $10
         WHERE NOT EXISTS (SELECT FROM same)
       RETURNING id
     )
     SELECT id, false AS "isNew" FROM same UNION ALL SELECT id, true FROM issued`,
    [
      id,
      target.datacenterId,
      target.serverId,
      operation,
      isWrite,
      JSON.stringify(target),
      JSON.stringify(input ?? {}),
      startWithinSeconds,
      runSeconds,
      key ?? null,
    ],
  );
  if (!issued) throw new Error(`The command ${id} was neither written nor found.`);
  if (issued.isNew) db.notify(commandNotice, target.datacenterId);
  return issued.id;
}

const Standing = z.object({
  state: z.enum(['waiting', 'taken', 'done', 'failed', 'expired', 'unknown']),
  answer: CommandOutcome.nullable(),
  takenBy: z.string().nullable(),
  leftMilliseconds: z.number(),
});
export type CommandStanding = z.infer<typeof Standing>;

/**
 * The standing of a command. One whose time limit has passed is ended here, so that nobody starts it, or relies on it,
 * later.
 */
export async function standingOf(db: Queryable, id: string): Promise<CommandStanding> {
  const standing = await db.maybe(
    Standing,
    `SELECT state, answer, taken_by AS "takenBy",
       CASE WHEN ended_at IS NULL THEN ceil(extract(epoch FROM (CASE state WHEN 'waiting' THEN start_by
         ELSE over_by END) - clock_timestamp()) * 1000)::float8 ELSE 0 END AS "leftMilliseconds"
     FROM edge_command WHERE id = $1`,
    [id],
  );
  if (!standing) throw new Error(`There is no command ${id}.`);
  const isOverdue = (standing.state === 'waiting' || standing.state === 'taken') && standing.leftMilliseconds <= 0;
  if (!isOverdue) return standing;
  await db.run(
    "UPDATE edge_command SET state = CASE state WHEN 'waiting' THEN 'expired' ELSE 'unknown' END, ended_at " +
      '= clock_timestamp() WHERE id = $1 AND state = $2',
    [id, standing.state],
  );
  return standingOf(db, id);
}

export interface Asker {
  datacenterId: string;
  agentId: string;
  /** Identifies the request by process and number: repeated, it has the same answer. */
  ask: { process: string; number: number };
  limit: number;
}

const Lease = z.object({ epoch: z.number().int() });
const Taken = z.object({
  id: z.string(),
  fence: z.number(),
  operation: z.string(),
  isWrite: z.boolean(),
  target: z.unknown(),
  input: z.unknown(),
  runSeconds: z.number(),
});
const columns = 'id, fence, operation, is_write AS "isWrite", target, input, run_seconds AS "runSeconds"';

/** Takes or extends an agent's lease of a datacenter. False while another agent has it. */
export const holdLease = async (
  tx: Queryable,
  { datacenterId, agentId }: Pick<Asker, 'datacenterId' | 'agentId'>,
  seconds = leaseSeconds,
): Promise<boolean> =>
  (await tx.maybe(
    Lease,
    `INSERT INTO edge_lease AS held (datacenter_id, agent_id, epoch, until) VALUES ($1, $2, 1,
      clock_timestamp() + $3 * interval '1 second')
     ON CONFLICT (datacenter_id) DO UPDATE SET agent_id = excluded.agent_id, until = excluded.until,
       epoch = held.epoch + (held.agent_id <> excluded.agent_id)::int
     WHERE held.agent_id = excluded.agent_id OR held.until < clock_timestamp()
     RETURNING epoch`,
    [datacenterId, agentId, seconds],
  )) !== undefined;

/**
 * Hands commands to an agent: never two writes at one controller at a time, and never a write before an earlier one at
 * the same controller. Commands that were handed out in an answer that was lost are handed out again.
 */
export async function takeCommands(db: Database, { datacenterId, agentId, ask, limit }: Asker): Promise<EdgeCommand[]> {
  const rows = await db.many(
    Taken,
    `WITH next AS (
       SELECT id FROM edge_command AS c
       WHERE datacenter_id = $1 AND state = 'waiting' AND start_by > clock_timestamp() AND NOT (is_write AND EXISTS (
         SELECT FROM edge_command AS other
         WHERE other.server_id = c.server_id AND other.is_write AND (other.state = 'taken'
           AND other.over_by > clock_timestamp() OR other.state = 'waiting' AND other.start_by > clock_timestamp()
             AND other.fence < c.fence)))
       ORDER BY fence LIMIT $5 FOR UPDATE SKIP LOCKED
     ), taken AS (
       UPDATE edge_command AS c SET state = 'taken', taken_by = $2, taken_ask = $3,
         over_by = clock_timestamp() + run_seconds * interval '1 second'
       FROM next WHERE c.id = next.id RETURNING c.*
     )
     SELECT ${columns} FROM taken
     UNION ALL
     SELECT id, fence, operation, is_write, target, input, extract(epoch FROM over_by - clock_timestamp())::float8
       FROM edge_command
     WHERE datacenter_id = $1 AND state = 'taken' AND taken_by = $2 AND over_by > clock_timestamp() AND (taken_ask = $3
       OR taken_ask NOT LIKE $4)
     ORDER BY fence`,
    [datacenterId, agentId, `${ask.process}/${ask.number}`, `${ask.process}/%`, limit],
  );
  return z.array(EdgeCommand).parse(rows);
}

const Ended = z.object({ id: z.string(), datacenterId: z.string() });

/**
 * Records the outcomes of commands. One that has ended already, or was taken by another agent, stays as it is. Answers
 * how many were recorded.
 */
export async function recordAnswers(
  tx: Queryable,
  agentId: string,
  answers: readonly { commandId: string; outcome: CommandOutcome }[],
): Promise<number> {
  const ended = await tx.many(
    Ended,
    `UPDATE edge_command AS c SET state = a.outcome ->> 'state', answer = a.outcome, ended_at = clock_timestamp()
     FROM jsonb_to_recordset($2) AS a ("commandId" text, outcome jsonb)
     WHERE c.id = a."commandId" AND c.taken_by = $1 AND c.state IN ('taken', 'unknown')
       RETURNING c.id, c.datacenter_id AS "datacenterId"`,
    [agentId, JSON.stringify(answers)],
  );
  for (const { id, datacenterId } of ended) {
    tx.notify(answerNotice, id);
    tx.notify(commandNotice, datacenterId);
  }
  return ended.length;
}

/** Deletes commands that ended that many milliseconds ago. */
export const forgetCommands = (db: Queryable, olderThan: number): Promise<number> =>
  db.run(
    "DELETE FROM edge_command WHERE ended_at < clock_timestamp() - $1 * interval '1 millisecond' OR " +
      "start_by < clock_timestamp() - $1 * interval '1 millisecond'",
    [olderThan],
  );
