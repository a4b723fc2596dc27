import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { historyEvent, EventType } from '../../../../runtime/durable/contract/history.ts';
import type { Instance } from '../../../../runtime/durable/contract/instance.ts';
import type { TurnCommit } from '../../../../runtime/durable/contract/store.ts';
import { commitStatement } from '../../../../runtime/durable/postgres/commit-statement.ts';
import { plannerSettings } from '../../../../runtime/durable/postgres/fragments.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url, options: plannerSettings });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const before: Instance = {
  instanceId: 'i',
  executionId: 'x',
  name: 'o',
  version: null,
  status: 'Running',
  input: null,
  output: null,
  customStatus: null,
  parent: null,
  createdAt: 0,
  updatedAt: 0,
  turn: 0,
  state: null,
  lock: null,
};
const parent = { name: 'o', instanceId: 'i', executionId: 'x', taskId: 1 };
const everything: TurnCommit = {
  before,
  after: { ...before, status: 'Completed' },
  replacesHistory: true,
  releases: true,
  events: [historyEvent(0, { EventType: EventType.OrchestratorStarted })],
  consumed: ['1'],
  deferred: ['2'],
  canceledTimers: [3],
  outgoing: [{ to: 'p', executionId: null }],
  children: [{ instanceId: 'c', executionId: 'y', name: 'o', version: null, input: null, parent }],
  offloaded: [{ taskId: 4, name: 'a', input: null }],
};

it('goes by index from the first day, when the planner still takes every table for a small one', async () => {
  const { text, values } = commitStatement(1, [everything]);
  await client.query('SET plan_cache_mode = force_generic_plan');
  await client.query(`PREPARE storing AS ${text}`);
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN EXECUTE storing (${client.escapeLiteral(String(values[0]))})`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']);
  expect(plan.filter((line) => /Seq Scan|Hash Join|Merge Join/.test(line))).toEqual([]);
  const update = plan.findIndex((line) => line.includes('Update on instance i'));
  expect(plan.slice(update, update + 6).join('\n')).toContain('Index Scan using instance_pkey on instance i');
});

it("leaves no trace of a step whose instance is another worker's, or has moved on", async () => {
  await client.query(`INSERT INTO durable.worker (name) VALUES ('one'), ('two')`);
  await client.query(
    `INSERT INTO durable.instance (id, execution_id, name, status, owner, turn) VALUES ('i', 'x', 'o', 'Running', 2,
      0)`,
  );
  await client.query(`INSERT INTO durable.message (instance_id, body) VALUES ('i', '{}'), ('i', '{}')`);
  const commit = async (worker: number, step: TurnCommit) =>
    (await client.query<{ id: string }>(commitStatement(worker, [step]))).rows.map(({ id }) => id);
  const count = async () =>
    (
      await client.query<{ all: string }>(
        `SELECT format('%s instances, %s messages, %s episodes, %s tasks', (SELECT count(*)
          FROM durable.instance), (SELECT count(*) FROM durable.message), (SELECT count(*)
            FROM durable.history), (SELECT count(*) FROM durable.task)) AS all`,
      )
    ).rows[0]?.all;
  const untouched = await count();
  expect(await commit(1, everything)).toEqual([]);
  expect(await commit(2, { ...everything, before: { ...before, turn: 1 } })).toEqual([]);
  expect(await commit(2, { ...everything, before: { ...before, executionId: 'earlier' } })).toEqual([]);
  expect(await count()).toBe(untouched);
  expect(await commit(2, everything)).toEqual(['i']);
  expect(await commit(2, everything)).toEqual([]);
  expect(await count()).toBe('2 instances, 1 messages, 1 episodes, 1 tasks'); // the child and its nudge
});
