// Whether writers of events stand in each other's way: commits a second of one, some and many of them, beside the same
// with a NOTIFY in the transaction, which makes all writers of a database queue for the disk.
import path from 'node:path';
import { startPostgres, type EmbeddedPostgres } from '../../infra/local/postgres.ts';
import { taskOpened } from '../../shared/domain/tasks/events.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { onOwnConnection } from '../../shared/kernel/database/connections.ts';
import { connect, type Database } from '../../shared/kernel/database/database.ts';
import { migrateDatabase } from '../../shared/kernel/database/migrate.ts';
import type { Benchmark } from './kit/benchmark.ts';
import { durabilityOf } from './kit/durability.ts';
import { aFolder } from './kit/platform.ts';
import type { Figure } from './kit/report.ts';
import { sampleOf } from './kit/statistics.ts';

const rounds = 5;
const writersAtOnce = [1, 8, 32];
const measuredMilliseconds = 1_000;
/** What a flush takes: as this machine's disk has it, and as a disk in a cloud does. */
const disks = { 'this disk': '', 'a disk of 2 ms': '-c commit_delay=2000 -c commit_siblings=0' };

const notifyWithin = `
  CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('outbox',
    ''); RETURN NULL; END $$;
  CREATE TRIGGER announce_outbox AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox()`;

export const eventWritersBenchmark: Benchmark = {
  name: 'event-writers',
  about:
    `commits a second of ${writersAtOnce.join(', ')} writers of events, beside the same with a NOTIFY in the ` +
    'transaction',
  run: async (closing, say) => {
    const server = closing.keep(await startPostgres({ dataDir: aFolder(closing) }));
    await makeDatabase(server, 'ours');
    await makeDatabase(server, 'beside', notifyWithin);
    const runs = Object.entries(disks).flatMap(([disk, settings]) =>
      writersAtOnce.map((writers) => ({ disk, settings, writers, ours: [] as number[], beside: [] as number[] })),
    );
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const run of runs) {
        run.ours.push(await commitsPerSecond(addressOf(server, 'ours', run.settings), run.writers));
        run.beside.push(await commitsPerSecond(addressOf(server, 'beside', run.settings), run.writers));
      }
    }
    return {
      figures: runs.map(({ disk, writers, ours, beside }): Figure => ({
        what: `${disk}, writers: ${writers}`,
        unit: 'commits/s',
        ours: sampleOf(ours),
        beside: { 'with NOTIFY': sampleOf(beside) },
        ...(writers > 1 && { target: '> 1 ×' }),
      })),
      database: await durabilityOf(server),
      notes: ['Each commit is one event: a row of the log and one of the outbox. The disk of 2 ms is commit_delay.'],
    };
  },
};

async function makeDatabase(server: EmbeddedPostgres, name: string, more = ''): Promise<void> {
  const limits = { connectMilliseconds: 10_000, answerMilliseconds: 60_000 };
  await onOwnConnection({ url: server.url, name: 'bench', limits }, (client) =>
    client.query(`CREATE DATABASE ${name}`),
  );
  await migrateDatabase(server.urlOf(name), path.resolve('infra/db/migrations'));
  await onOwnConnection({ url: server.urlOf(name), name: 'bench', limits }, (client) => client.query(more));
}

function addressOf(server: EmbeddedPostgres, database: string, settings: string): string {
  const address = new URL(server.urlOf(database));
  if (settings !== '') address.searchParams.set('options', settings);
  return address.href;
}

async function commitsPerSecond(url: string, writers: number): Promise<number> {
  const db = connect({ url, maxConnections: writers });
  try {
    await Promise.all(Array.from({ length: writers }, () => write(db, 'warm up'))); // every connection stands
    let commits = 0;
    const from = performance.now();
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (; performance.now() - from < measuredMilliseconds; commits += 1) await write(db, `writer-${writer}`);
      }),
    );
    return (commits / (performance.now() - from)) * 1000;
  } finally {
    await db.close();
  }
}

const write = (db: Database, subject: string): Promise<void> =>
  appendEvents(db, systemClock, [
    taskOpened({
      subject,
      data: {
        taskId: subject,
        kind: 'rack',
        title: 'Rack it',
        datacenterId: 'dc-nyc-01',
        serverId: null,
        dueAt: '2026-11-02T08:00:00.000Z',
      },
    }),
  ]);
