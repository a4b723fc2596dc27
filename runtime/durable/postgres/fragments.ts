// Pieces of SQL that several statements share, and the rows they are given.
import { entityNameAndKey, type Instance } from '../contract/instance.ts';
import type { Outgoing } from '../contract/messages.ts';

export interface Statement {
  /** The driver prepares each name once per connection. */
  name: string;
  text: string;
  values: unknown[];
}

/**
 * Settings of our connections. Every statement here goes from a few rows to others by index. The planner, which
 * takes any JSON parameter for 100 rows and a young table for a small one, keeps its first plan for a long time:
 * it must not be tempted by a scan of a table that will grow.
 */
export const plannerSettings = ['jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']
  .map((name) => `-c ${name}=off`)
  .join(' ');

export const finishedStatuses = `('Completed', 'Failed', 'Terminated', 'Canceled')`;

/** An instance about to begin, as a row of JSON. */
export const newInstanceColumns = 'id text, execution_id text, name text, version text, input text, parent json';
export const newInstanceRow = ({ instanceId, executionId, name, version, input, parent }: Instance) => ({
  id: instanceId,
  execution_id: executionId,
  name,
  version,
  input,
  parent,
});

/** Inserts instances; an id whose instance has ended may be used again. Returns those that began. */
export const takeIdsOver = (
  source: string,
  owner: string,
): string => `INSERT INTO durable.instance AS i (id, execution_id, name, version, status, input, parent, owner)
  SELECT n.id, n.execution_id, n.name, n.version, 'Pending', n.input, n.parent, ${owner} FROM (${source}) AS n
    ORDER BY n.id
  ON CONFLICT (id) DO UPDATE
  SET execution_id = excluded.execution_id, name = excluded.name, version = excluded.version, status = 'Pending',
    input = excluded.input, output = NULL,
      custom_status = NULL, parent = excluded.parent, created_at = now(), updated_at = now(), owner = excluded.owner,
        turn = 0
  WHERE i.status IN ${finishedStatuses}
  RETURNING i.id, i.execution_id`;

/** Instances begin; `$1` is a JSON array of them. What an earlier one of the same id left is cleared away. */
export const instancesBegin = (owner: string): string => `born AS (
  ${takeIdsOver(`SELECT * FROM json_to_recordset($1::json) AS c (${newInstanceColumns})`, owner)}
),
cleared_history AS (
  DELETE FROM durable.history h USING born WHERE h.instance_id = born.id
),
cleared_inbox AS (
  DELETE FROM durable.message m USING born WHERE m.instance_id = born.id
)`;

/** A message on its way, as a row of JSON. */
export const outgoingColumns =
  '"to" text, execution_id text, at float8, place int, to_finished boolean, entity_name text, body json';
export const outgoingRow = ({ to, executionId, visibleAt, toFinished, event, entity }: Outgoing, place: number) => ({
  to,
  execution_id: executionId,
  at: visibleAt ?? null,
  place,
  to_finished: toFinished ?? false,
  entity_name: entity ? entityNameAndKey(to).name : null,
  body: { ...(event && { event }), ...(entity && { entity }) },
});

/** Delivers messages in their order, if somebody will read them. Entities come into being with their first message. */
export const sendOutgoing = (source: string): string => `outgoing AS MATERIALIZED (
  ${source}
),
entities AS (
  INSERT INTO durable.instance (id, execution_id, name, status)
  SELECT DISTINCT o."to", '', o.entity_name, 'Running' FROM outgoing o WHERE o.entity_name IS NOT NULL ORDER BY 1
  ON CONFLICT (id) DO NOTHING
),
sent AS (
  INSERT INTO durable.message (instance_id, execution_id, visible_at, body)
  SELECT o."to", o.execution_id, coalesce(to_timestamp(o.at / 1000), now()), o.body
  FROM outgoing o
  WHERE o.entity_name IS NOT NULL OR EXISTS (SELECT FROM durable.instance t WHERE t.id = o."to" AND (o.to_finished
    OR t.status NOT IN ${finishedStatuses}))
  ORDER BY o.place
)`;
