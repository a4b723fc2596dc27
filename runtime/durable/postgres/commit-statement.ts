import { isFinished } from '../contract/instance.ts';
import { storableJson } from '../contract/storable.ts';
import type { TurnCommit } from '../contract/store.ts';
// The one statement that stores a batch of turns. The update of `durable.instance` is the fence: everything else
// is done for the rows it changed, so a commit whose instance is no longer ours leaves no trace.
import { childInstance, refusedChild } from '../core/child.ts';
import {
  newInstanceColumns,
  newInstanceRow,
  outgoingColumns,
  outgoingRow,
  sendOutgoing,
  takeIdsOver,
  type Statement,
} from './fragments.ts';

/** Answers the ids stored, one row each. */
export function commitStatement(worker: number, commits: readonly TurnCommit[]): Statement {
  const seenChildren = new Set<string>();
  const rows = commits.map((commit) => commitRow(commit, worker, seenChildren));
  // Only what this batch needs: a simple commit should not pay for what it does not do.
  const needed = optionalParts.map(({ isNeeded }) => rows.some(isNeeded));
  const parts = optionalParts.flatMap(({ sql }, place) => (needed[place] ? [sql] : []));
  return {
    name: `durable-commit-${needed.map(Number).join('')}`, // PostgreSQL cuts names at 63 bytes
    text: `WITH ${[stored, ...parts].join(',\n')}\nSELECT stored.id FROM stored`,
    values: [storableJson(rows)],
  };
}

type CommitRow = ReturnType<typeof commitRow>;

function commitRow(commit: TurnCommit, worker: number, seenChildren: Set<string>) {
  const {
    before,
    after,
    events,
    replacesHistory,
    consumed,
    deferred,
    canceledTimers,
    releases,
    outgoing,
    children,
    offloaded,
  } = commit;
  return {
    worker,
    id: before.instanceId,
    execution: before.executionId,
    turn: before.turn,
    events: events.length > 0 ? events : null,
    status: after.status,
    input: after.input,
    output: after.output,
    custom_status: after.customStatus,
    next_execution: after.executionId,
    state: after.state,
    lock: after.lock,
    releases,
    renews: replacesHistory,
    ended: isFinished(after.status),
    is_over: isFinished(after.status) || before.executionId !== after.executionId,
    consumed,
    deferred,
    canceled: canceledTimers,
    outgoing: outgoing.map(outgoingRow),
    children: children.map((child) => {
      const repeats = seenChildren.has(child.instanceId);
      seenChildren.add(child.instanceId);
      return {
        ...newInstanceRow(childInstance(child, after.updatedAt)),
        repeats,
        refusal: { event: refusedChild(child, after.updatedAt) },
      };
    }),
    tasks: offloaded.map(({ taskId, name, input }) => ({ task_id: taskId, name, input })),
  };
}

// `IS NOT DISTINCT FROM` cannot use the index on owner, which would read all that this worker owns.
const stored = `turn_commit AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS s (
    worker int, id text, execution text, turn int, events json, status text, input text, output text,
      custom_status text, next_execution text,
    state text, lock json, releases boolean, renews boolean, ended boolean, is_over boolean,
    consumed bigint[], deferred bigint[], canceled int[], outgoing json, children json, tasks json)
),
stored AS (
  UPDATE durable.instance i
  SET turn = i.turn + 1, execution_id = s.next_execution, status = s.status, input = s.input, output = s.output,
    custom_status = s.custom_status,
      state = s.state, lock = s.lock, updated_at = now(), owner = CASE WHEN s.releases THEN NULL ELSE i.owner END
  FROM turn_commit s
  WHERE i.id = s.id AND i.owner IS NOT DISTINCT FROM s.worker AND i.turn = s.turn AND i.execution_id = s.execution
  RETURNING s.*
)`;

interface Part {
  isNeeded(row: CommitRow): boolean;
  sql: string;
}

const optionalParts: readonly Part[] = [
  {
    isNeeded: ({ events }) => events !== null,
    sql: `recorded AS (
  INSERT INTO durable.history (instance_id, turn, events) SELECT id, turn + 1, events FROM stored
    WHERE events IS NOT NULL
)`,
  },
  {
    isNeeded: ({ renews }) => renews,
    sql: `renewed AS (
  DELETE FROM durable.history h USING stored s WHERE s.renews AND h.instance_id = s.id
)`,
  },
  {
    isNeeded: ({ consumed }) => consumed.length > 0,
    sql: `consumed AS (
  DELETE FROM durable.message m USING (SELECT unnest(consumed) AS row_id FROM stored) AS c WHERE m.id = c.row_id
)`,
  },
  {
    isNeeded: ({ deferred }) => deferred.length > 0,
    sql: `deferred AS (
  UPDATE durable.message m SET deferred = true FROM (SELECT unnest(deferred) AS row_id FROM stored) AS p
    WHERE m.id = p.row_id AND NOT m.deferred
)`,
  },
  {
    isNeeded: ({ canceled }) => canceled.length > 0,
    sql: `canceled AS (
  DELETE FROM durable.message m USING stored s
  WHERE cardinality(s.canceled) > 0 AND m.instance_id = s.id AND m.execution_id = s.execution
    AND (m.body -> 'event' ->> 'TimerId')::int = ANY (s.canceled)
)`,
  },
  {
    // What was meant for an execution that is over is read by nobody.
    isNeeded: ({ is_over: isOver }) => isOver,
    sql: `over_messages AS (
  DELETE FROM durable.message m USING stored s WHERE s.is_over AND m.instance_id = s.id AND (s.ended
    OR m.execution_id = s.execution)
),
over_tasks AS (
  DELETE FROM durable.task t USING stored s WHERE s.is_over AND t.instance_id = s.id
)`,
  },
  {
    isNeeded: ({ outgoing }) => outgoing.length > 0,
    sql: sendOutgoing(`SELECT o.* FROM stored s, json_to_recordset(s.outgoing) AS o (${outgoingColumns})`),
  },
  {
    isNeeded: ({ children }) => children.length > 0,
    sql: `child AS MATERIALIZED (
  SELECT c.*, s.id AS parent_id, s.execution AS parent_execution FROM stored s,
    json_to_recordset(s.children) AS c (${newInstanceColumns}, repeats boolean, refusal json)
),
born AS (
  ${takeIdsOver('SELECT * FROM child WHERE NOT repeats', 'NULL')}
),
cleared AS (
  DELETE FROM durable.history h USING born WHERE h.instance_id = born.id
),
woken AS (
  INSERT INTO durable.message (instance_id, execution_id, body) SELECT id, execution_id, '{}' FROM born
),
refused AS (
  INSERT INTO durable.message (instance_id, execution_id, body)
  SELECT parent_id, parent_execution, refusal FROM child WHERE repeats OR id NOT IN (SELECT id FROM born)
)`,
  },
  {
    isNeeded: ({ tasks }) => tasks.length > 0,
    sql: `offloaded AS (
  INSERT INTO durable.task (instance_id, execution_id, task_id, name, input)
  SELECT s.id, s.execution, t.task_id, t.name, t.input FROM stored s, json_to_recordset(s.tasks) AS t (task_id int,
    name text, input text)
)`,
  },
];
