import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Executor } from '../../../edge/bmc/executor.ts';
import { BmcGate } from '../../../edge/bmc/gate.ts';
import { CommandLedger } from '../../../edge/bmc/ledger.ts';
import { Random } from '../../../runtime/durable/memory/random.ts';
import { ensureDatacenter } from '../../../shared/domain/datacenters/datacenters.db.ts';
import { createEdgeBmc } from '../../../shared/domain/edge/bmc-by-agent.ts';
import {
  forgetCommands,
  holdLease,
  issueCommand,
  recordAnswers,
  standingOf,
  takeCommands,
} from '../../../shared/domain/edge/commands.db.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { createNotices, type Notices } from '../../../shared/kernel/database/notices.ts';
import { inIdempotencyScope } from '../../../shared/kernel/idempotency-scope.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { bmcOperations, type Bmc, type BmcTarget } from '../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../shared/ports/secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { until } from '../../kit/until.ts';
import { company } from '../../simulators/kit/company.ts';

const [nyc, fra] = ['dc-nyc-01', 'dc-fra-01'];
let database: TestDatabase;
let db: Database;
let notices: Notices;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url, maxConnections: 20 });
  notices = createNotices(database.url, () => {});
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);
});
beforeEach(() => db.run('TRUNCATE edge_command, edge_lease'));
afterAll(async () => {
  await notices.close();
  await db.close();
  await database.drop();
});

const targetOf = (serverId: string, datacenterId = nyc): BmcTarget => ({
  serverId,
  datacenterId,
  address: 'https://10.20.0.7',
  secretRef: SecretRef.parse(`bmc/${serverId}/service`),
});
const issue = (serverId: string, action: string, more: Partial<Parameters<typeof issueCommand>[1]> = {}) =>
  issueCommand(db, {
    id: newId('command', Date.now()),
    operation: 'setPower',
    isWrite: true,
    target: targetOf(serverId),
    input: { action },
    startWithinSeconds: 60,
    runSeconds: 60,
    ...more,
  });
const asker = (agentId: string, number = 0, more: object = {}) => ({
  datacenterId: nyc,
  agentId,
  ask: { process: `${agentId}-1`, number },
  limit: 100,
  ...more,
});
const take = async (...args: Parameters<typeof asker>) => (await takeCommands(db, asker(...args))).map(({ id }) => id);
const done = { state: 'done', result: null } as const;

describe('what an agent is given', () => {
  it('is its own datacenter’s, oldest first', async () => {
    const [first, second] = [await issue('srv-1', 'on'), await issue('srv-2', 'on')];
    await issue('srv-3', 'on', { target: targetOf('srv-3', fra) });
    expect(await take('a')).toEqual([first, second]);
  });

  it('never overlaps another write at one controller, nor runs after a later one', async () => {
    const [off, on] = [await issue('srv-1', 'off'), await issue('srv-1', 'on')];
    expect(await take('a')).toEqual([off]);
    expect(await take('b')).toEqual([]); // another agent is given no part of it either
    await recordAnswers(db, 'a', [{ commandId: off, outcome: done }]);
    expect(await take('b')).toEqual([on]);
  });

  it('is a read beside a write: it has its turn at the agent', async () => {
    const [write, read] = [
      await issue('srv-1', 'off'),
      await issue('srv-1', '', { operation: 'readPower', isWrite: false }),
    ];
    expect(await take('a')).toEqual([write, read]);
  });

  it('is given again where the answer that held it was lost, and where the agent has begun a new life', async () => {
    const id = await issue('srv-1', 'off');
    expect(await take('a', 0)).toEqual([id]);
    expect(await take('a', 0)).toEqual([id]); // the same question
    expect(await take('a', 1)).toEqual([]); // the next one: the answer had arrived
    expect(await take('a', 0, { ask: { process: 'a-2', number: 0 } })).toEqual([id]);
    expect(await take('b', 0)).toEqual([]);
  });

  it('is nothing whose time to begin is over', async () => {
    const id = await issue('srv-1', 'off', { startWithinSeconds: 0 });
    expect(await take('a')).toEqual([]);
    expect(await standingOf(db, id)).toMatchObject({ state: 'expired' });
  });

  it('is over for everybody when its time is, and the next write may begin', async () => {
    const [off, on] = [await issue('srv-1', 'off', { runSeconds: 0.001 }), await issue('srv-1', 'on')];
    expect(await take('a')).toEqual([off]);
    await until('its time to be up', async () => (await standingOf(db, off)).state !== 'taken');
    expect(await standingOf(db, off)).toMatchObject({ state: 'unknown', takenBy: 'a' });
    expect(await take('b')).toEqual([on]);
  });

  it('is the same write for whoever asks for it while it waits or runs; a read is always a new one', async () => {
    const first = await issue('srv-1', 'restart');
    expect(await issue('srv-1', 'restart')).toBe(first);
    await take('a');
    expect(await issue('srv-1', 'restart')).toBe(first);
    expect(await issue('srv-1', 'off')).not.toBe(first);
    await recordAnswers(db, 'a', [{ commandId: first, outcome: done }]);
    expect(await issue('srv-1', 'restart')).not.toBe(first);
    const read = { operation: 'readPower', isWrite: false } as const;
    expect(await issue('srv-1', '', read)).not.toBe(await issue('srv-1', '', read));
  });

  it('runs once per request; it runs again after a failure, or for another request', async () => {
    const [key, other] = ['saga/step#1/3', 'saga/step#1/4'];
    const failed = await issue('srv-1', 'restart', { key });
    await take('a');
    await recordAnswers(db, 'a', [{ commandId: failed, outcome: { state: 'unknown', reason: 'it died' } }]);
    const second = await issue('srv-1', 'restart', { key });
    expect(second).not.toBe(failed);
    await take('a', 1);
    await recordAnswers(db, 'a', [{ commandId: second, outcome: done }]);
    expect(await issue('srv-1', 'restart', { key })).toBe(second);
    expect(await issue('srv-1', 'restart', { key: other })).not.toBe(second);
  });

  it('is answered for by the agent that had it, once', async () => {
    const id = await issue('srv-1', 'off');
    await take('a');
    await recordAnswers(db, 'b', [
      { commandId: id, outcome: { state: 'failed', error: { code: 'x', kind: 'bug', message: 'not mine' } } },
    ]);
    expect(await standingOf(db, id)).toMatchObject({ state: 'taken' });
    await recordAnswers(db, 'a', [
      { commandId: id, outcome: done },
      { commandId: id, outcome: { state: 'unknown', reason: 'told again' } },
    ]);
    await recordAnswers(db, 'a', [{ commandId: id, outcome: { state: 'unknown', reason: 'told again' } }]);
    expect(await standingOf(db, id)).toMatchObject({ state: 'done', answer: done });
  });

  it('is forgotten some time after its end', async () => {
    const [ended] = [await issue('srv-1', 'off'), await issue('srv-2', 'off')];
    await take('a');
    await recordAnswers(db, 'a', [{ commandId: ended, outcome: done }]);
    expect(await forgetCommands(db, 60_000)).toBe(0);
    expect(await forgetCommands(db, -1000)).toBe(1);
  });
});

describe('of two agents of a datacenter', () => {
  it('one acts until it has not been heard for a while; coming back, it stands by', async () => {
    const hold = (agentId: string, seconds?: number) => holdLease(db, { datacenterId: nyc, agentId }, seconds);
    expect(await hold('a', 0.05)).toBe(true);
    expect(await hold('b')).toBe(false);
    await delay(60); // the database's own clock has to pass
    expect(await hold('b')).toBe(true);
    expect(await hold('a')).toBe(false);
    expect(await holdLease(db, { datacenterId: fra, agentId: 'a' })).toBe(true);
  });
});

describe('a management controller behind its agent', () => {
  let bmc: ReturnType<typeof createEdgeBmc>;
  beforeEach(() => {
    bmc = createEdgeBmc({ db, notices, startWithinSeconds: 5 });
  });
  afterEach(() => bmc.close());
  const answered = async (outcome: Parameters<typeof recordAnswers>[2][number]['outcome']) => {
    for (;;) {
      const [command] = await takeCommands(db, asker('a', Math.floor(Math.random() * 1e9)));
      if (command) return recordAnswers(db, 'a', [{ commandId: command.id, outcome }]);
      await delay(5);
    }
  };

  it('answers as if it were asked directly, as soon as it has', async () => {
    const [power] = await Promise.all([bmc.readPower(targetOf('srv-1')), answered({ state: 'done', result: 'on' })]);
    expect(power).toBe('on');
  });

  it('is restarted once, however often the step that wants it is attempted; it is read anew each time', async () => {
    const attempt = () =>
      inIdempotencyScope('saga/step#1/1', async () => {
        await bmc.setPower(targetOf('srv-1'), { action: 'restart' });
        return bmc.readPower(targetOf('srv-1'));
      });
    await Promise.all([attempt(), answered(done).then(() => answered({ state: 'done', result: 'on' }))]);
    await Promise.all([attempt(), answered({ state: 'done', result: 'off' })]);
    const written = await db.many(
      z.object({ operation: z.string(), count: z.number() }),
      'SELECT operation, count(*) AS count FROM edge_command GROUP BY operation ORDER BY operation',
      [],
    );
    expect(written).toEqual([
      { operation: 'readPower', count: 2 },
      { operation: 'setPower', count: 1 },
    ]);
  });

  it('fails as it failed there', async () => {
    const error = { code: 'redfish.auth', kind: 'unavailable', message: 'It refused the login.' } as const;
    const call = bmc.setPower(targetOf('srv-1'), { action: 'on' });
    await Promise.all([
      answered({ state: 'failed', error }),
      expect(call).rejects.toMatchObject({ code: error.code, publicMessage: error.message }),
    ]);
  });

  it('is not believed when the answer is none that the operation has', async () => {
    const call = bmc.readPower(targetOf('srv-1'));
    await Promise.all([
      answered({ state: 'done', result: 'glowing' }),
      expect(call).rejects.toMatchObject({ code: 'input.invalid' }),
    ]);
  });

  it('cannot be reached where no agent fetches what it should do, and the call says so', async () => {
    const impatient = createEdgeBmc({ db, notices, startWithinSeconds: 0.05 });
    await expect(impatient.readPower(targetOf('srv-1'))).rejects.toMatchObject({
      code: 'edge-agent.not-fetched',
      publicMessage: expect.stringContaining(nyc),
    });
    impatient.close();
  });

  it('may or may not have been changed by a write whose agent fell silent, and the call says so', async () => {
    const call = bmc.setPower(targetOf('srv-1'), { action: 'off' });
    const failed = expect(call).rejects.toMatchObject({ code: 'edge-agent.unknown-outcome' });
    await answered({ state: 'unknown', reason: 'the agent ended while it carried out the command' });
    await failed;
  });
});

/** Agents that stall, die, lose what they are given and what they answer, before a database that does not. */
describe('commands while everything goes wrong', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
  it(`are never done twice, and never two at one controller at a time (seed ${seed})`, async () => {
    const random = new Random(seed);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-commands-'));
    const servers = Array.from({ length: 6 }, (_, index) => `srv-${index}`);
    const done: { server: string; action: string; from: number; to: number }[] = [];
    /** A controller that takes its time, and goes on with what it has begun when its caller has gone. */
    const bmc = Object.fromEntries(
      Object.keys(bmcOperations).map((operation) => [
        operation,
        async ({ serverId }: BmcTarget, input: { username: string }, { signal }: { signal?: AbortSignal } = {}) => {
          const entry = { server: serverId, action: input.username, from: performance.now(), to: Infinity };
          done.push(entry);
          await delay(random.below(random.below(5) === 0 ? 1500 : 40), undefined, signal ? { signal } : {}).finally(
            () => (entry.to = performance.now()),
          );
          return null;
        },
      ]),
    ) as unknown as Bmc;

    const stopped = new AbortController();
    const lives = { a: 0, b: 0 };
    async function live(name: 'a' | 'b'): Promise<void> {
      while (!stopped.signal.aborted) {
        const life = new AbortController();
        const process = `${name}-${++lives[name]}`;
        const ledger = new CommandLedger(path.join(folder, `${name}.db`));
        const answer = async (
          { id }: { id: string },
          outcome: Parameters<typeof recordAnswers>[2][number]['outcome'],
        ) => {
          if (life.signal.aborted) return false; // it died with the answer in its hand
          await recordAnswers(db, name, [{ commandId: id, outcome }]);
          return true;
        };
        const executor = new Executor({
          datacenter: nyc,
          bmc,
          gate: new BmcGate({ slots: { command: 50, poll: 50 } }),
          ledger,
          answer,
          forgetSecrets: () => {},
          mayReach: () => true,
          now: () => Date.now(),
        });
        await executor.settle();
        const end = Date.now() + 100 + random.below(1200);
        for (let ask = 0; Date.now() < end && !stopped.signal.aborted;) {
          const askedAt = performance.now();
          if (!(await holdLease(db, { datacenterId: nyc, agentId: name }, 0.3))) {
            await delay(20);
            continue;
          }
          const commands = await takeCommands(db, {
            datacenterId: nyc,
            agentId: name,
            ask: { process, number: ask },
            limit: 5,
          });
          if (random.below(6) === 0) continue; // the answer was lost on its way: the same question again
          ask += 1;
          if (random.below(10) === 0) await delay(400); // it stalls with what it was given
          for (const command of commands) void executor.carryOut(command, askedAt + command.runSeconds * 1000);
          await delay(random.below(15));
        }
        life.abort();
        await executor.idle(); // a dead process sends nothing more; what it had sent is still being done
        ledger.close();
      }
    }

    const agents = [live('a'), live('b')];
    const issued = new Map<string, string>();
    for (let number = 0; number < 150; number++) {
      const server = servers[random.below(servers.length)] ?? '';
      const action = `write-${number}`;
      issued.set(
        await issue(server, '', {
          operation: 'removeAccount',
          input: { username: action },
          startWithinSeconds: 30,
          runSeconds: 1,
        }),
        action,
      );
      await delay(random.below(12));
    }
    const open = () =>
      db.maybe(
        z.object({ count: z.number() }),
        "SELECT count(*) AS count FROM edge_command WHERE state = 'waiting' OR state = 'taken' AND over_by " +
          '> clock_timestamp()',
        [],
      );
    while ((await open())?.count !== 0) await delay(50);
    stopped.abort();
    await Promise.all(agents);
    rmSync(folder, { recursive: true });

    const times = new Map<string, number>();
    for (const { action } of done) times.set(action, (times.get(action) ?? 0) + 1);
    const overlapping = servers.flatMap((server) => {
      const own = done.filter((each) => each.server === server).toSorted((x, y) => x.from - y.from);
      return own
        .filter((each, index) => index > 0 && each.from < (own[index - 1]?.to ?? 0))
        .map(({ action }) => action);
    });
    const outOfOrder = servers.flatMap((server) => {
      const numbers = done
        .filter((each) => each.server === server)
        .toSorted((x, y) => x.from - y.from)
        .map(({ action }) => Number(action.slice(6)));
      return numbers.filter((number, index) => index > 0 && number < (numbers[index - 1] ?? 0));
    });
    const ends = await db.many(
      z.object({ state: z.string(), count: z.number() }),
      'SELECT state, count(*) AS count FROM edge_command GROUP BY state ORDER BY state',
      [],
    );
    process.stdout.write(
      `commands: 150 writes, agents of ${lives.a} and ${lives.b} lives (seed ${seed}): ` +
        `${ends.map(({ state, count }) => `${count} ${state}`).join(', ')}; ${times.size} had an effect, ` +
        `twice ${[...times.values()].filter((count) => count > 1).length}, overlapping ` +
        `${overlapping.length}, out of order ${outOfOrder.length}\n`,
    );
    expect([...times].filter(([, count]) => count > 1)).toEqual([]);
    expect(overlapping).toEqual([]);
    expect(outOfOrder).toEqual([]);
    // What is said to be done was done; what had no effect is never said to be.
    const said = await db.many(z.object({ id: z.string() }), "SELECT id FROM edge_command WHERE state = 'done'", []);
    expect(said.filter(({ id }) => !times.has(issued.get(id) ?? ''))).toEqual([]);
    expect(times.size).toBeGreaterThan(100);
  });
});
