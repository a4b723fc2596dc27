import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres, type EmbeddedPostgres } from '../../../../infra/local/postgres.ts';
import { silentLog } from '../../../../runtime/core/log.ts';
import { systemTime } from '../../../../runtime/core/time.ts';
import type { Instance } from '../../../../runtime/durable/contract/instance.ts';
import { PostgresStore } from '../../../../runtime/durable/postgres/store.ts';
import { createPostgresStores } from '../../../../runtime/triggers/postgres/stores.ts';
import { ensureDatacenter } from '../../../../shared/domain/datacenters/datacenters.db.ts';
import { issueCommand, recordAnswers, takeCommands } from '../../../../shared/domain/edge/commands.db.ts';
import { taskOpened } from '../../../../shared/domain/tasks/events.ts';
import { embeddedBus } from '../../../../shared/events/embedded-bus.ts';
import { appendEvents } from '../../../../shared/events/log.ts';
import { createRelay } from '../../../../shared/events/relay.ts';
import { systemClock } from '../../../../shared/kernel/clock.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import { migrate } from '../../../../shared/kernel/database/migrate.ts';
import type { BmcTarget } from '../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { until } from '../../../kit/until.ts';
import { company } from '../../../simulators/kit/company.ts';

const datacenterId = 'dc-nyc-01';
const limits = { connectMilliseconds: 10_000, answerMilliseconds: 60_000 };
function writersAt(url: string) {
  const db = connect({ url, limits });
  const durable = new PostgresStore({ url, maxConnections: 2, silenceMilliseconds: 10_000, limits, log: silentLog });
  const triggers = createPostgresStores({
    url,
    poolSize: 2,
    replica: 'writer',
    limits,
    time: systemTime,
    log: silentLog,
  });
  return { db, durable, triggers, close: () => Promise.all([db.close(), durable.close(), triggers.stop()]) };
}

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rackline-writers-'));
let server: EmbeddedPostgres;
let admin: Client;
/** Everything that writes, at one address of the database. */
let quick: ReturnType<typeof writersAt>;
let slow: ReturnType<typeof writersAt>;

beforeAll(async () => {
  server = await startPostgres({
    dataDir,
    settings: { fsync: 'off', synchronous_standby_names: 'nobody', synchronous_commit: 'local' },
  });
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  await migrate(admin, path.resolve('infra/db/migrations'));
  quick = writersAt(server.url);
  // the disk is a standby server that does not exist
  slow = writersAt(`${server.url}?options=-c%20synchronous_commit%3Don`);
  for (const datacenter of company.datacenters) await ensureDatacenter(quick.db, datacenter);
});
afterAll(async () => {
  await Promise.all([quick.close(), slow.close()]);
  await admin.end();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const target = (serverId: string): BmcTarget => ({
  serverId,
  datacenterId,
  address: 'https://10.20.0.7',
  secretRef: SecretRef.parse(`bmc/${serverId}/service`),
});
const command = (of: Database, id: string) =>
  issueCommand(of, {
    id,
    operation: 'setPower',
    isWrite: true,
    target: target(id),
    input: { action: 'on' },
    startWithinSeconds: 60,
    runSeconds: 60,
  });
const opened = (subject: string) =>
  taskOpened({
    subject,
    data: {
      taskId: subject,
      kind: 'rack',
      title: 'Rack it',
      datacenterId,
      serverId: null,
      dueAt: '2026-11-02T08:00:00.000Z',
    },
  });
const instance = (instanceId: string): Instance => ({
  instanceId,
  executionId: 'x',
  name: 'o',
  version: null,
  status: 'Pending',
  input: null,
  output: null,
  customStatus: null,
  parent: null,
  createdAt: 0,
  updatedAt: 0,
  turn: 0,
  state: null,
  lock: null,
});

interface Writer {
  /** What has to be there first. */
  before?: () => Promise<unknown>;
  /** Does not resolve before its commit is on the slow disk. */
  write: () => Promise<unknown>;
}
const writers: Readonly<Record<string, Writer>> = {
  'an event': { write: () => appendEvents(slow.db, systemClock, [opened('written')]) },
  'the relay': {
    before: () => appendEvents(quick.db, systemClock, [opened('sealed')]),
    write: () => createRelay(slow.db, embeddedBus, () => {}).drain(),
  },
  'a command for an agent': { write: () => command(slow.db, 'issued') },
  'the answer to a command': {
    before: async () => {
      await command(quick.db, 'answered');
      await takeCommands(quick.db, { datacenterId, agentId: 'agent', ask: { process: 'p', number: 1 }, limit: 10 });
    },
    write: () => recordAnswers(slow.db, 'agent', [{ commandId: 'answered', outcome: { state: 'done', result: null } }]),
  },
  'the start of an orchestration': { write: () => slow.durable.start(instance('started')) },
  'an event for an orchestration': {
    before: () => quick.durable.start(instance('told')),
    write: () => slow.durable.send({ to: 'told', executionId: null }),
  },
  'a message in a queue': { write: () => slow.triggers.queues.send('queue', ['message']) },
  'a record on the bus': {
    write: () => slow.triggers.events.publish([{ topic: 'topic', key: null, value: 'record' }]),
  },
};

describe.each(Object.entries(writers))('%s that is being written to a slow disk', (_what, { before, write }) => {
  it('keeps nobody waiting who writes something else', async () => {
    await before?.();
    let isWritten = false;
    const writing = write().then(() => (isWritten = true));
    const waiting = async () =>
      (await admin.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).rows.map(
        ({ pid }) => pid,
      );
    await until('the commit to wait for the disk', async () => (await waiting()).length === 1);
    // The lock of NOTIFY: a database that is none.
    const { rowCount } = await admin.query(
      "SELECT FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass AND objid = 0",
    );
    expect({ isWritten, isNotifyLocked: rowCount !== 0 }).toEqual({ isWritten: false, isNotifyLocked: false });
    // the disk is done
    await admin.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [await waiting()]);
    await writing;
  });
});
