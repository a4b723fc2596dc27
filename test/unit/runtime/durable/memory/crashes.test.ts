import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import { crashAt, everyFailpoint } from '../../../../../runtime/durable/memory/crash.ts';
import { createMemoryEngine, type MemoryEngineOptions } from '../../../../../runtime/durable/memory/engine.ts';
import { VirtualTime } from '../../../../../runtime/durable/memory/virtual-time.ts';
import type { Failpoint } from '../../../../../runtime/durable/worker/options.ts';
import { effects } from '../../../../kit/conformance/app.ts';
import { loadConformanceApp } from '../../../../kit/conformance/load.ts';

let app: DurableApp;
beforeAll(async () => {
  app = await loadConformanceApp();
});
beforeEach(() => void effects.splice(0));

const steps = [1, 2, 3, 4].map((step) => `i step ${step}`);
/** In the order they came, repetitions of one step in a row counted once. */
const inOrder = () => effects.filter((effect, index) => effect !== effects[index - 1]);

/** The stories and which failpoints each comes through. */
const stories: { name: string; input: unknown; output: unknown; failpoints: readonly Failpoint[] }[] = [
  {
    name: 'steps',
    input: { length: 4 },
    output: 4,
    failpoints: ['before-activity', 'after-activity', 'before-commit', 'after-commit'],
  },
  {
    name: 'event-or-timeout',
    input: { milliseconds: 60_000 },
    output: 'timeout',
    failpoints: ['after-claim', 'before-timer-turn', 'before-commit', 'after-commit'],
  },
  {
    name: 'parent-of-many',
    input: { children: 3 },
    output: ['C0', 'C1', 'C2'],
    failpoints: ['after-claim', 'before-activity', 'after-activity', 'before-commit', 'after-commit'],
  },
  {
    name: 'renew',
    input: { n: 1 },
    output: 'finished at 5',
    failpoints: ['before-activity', 'after-activity', 'before-commit', 'after-commit'],
  },
  {
    name: 'lock',
    input: { entities: ['a', 'b'] },
    output: { before: expect.any(Number), after: 'after' },
    failpoints: ['after-claim', 'before-commit', 'before-entity-commit', 'after-commit'],
  },
];

describe.each(stories)('$name comes to its end', ({ name, input, output, failpoints }) => {
  const cases = failpoints.flatMap((failpoint) =>
    [1, 2, 3].map((occurrence): [string, Failpoint, number] => [
      `when the process dies ${failpoint}, time ${occurrence}`,
      failpoint,
      occurrence,
    ]),
  );
  it.each(cases)('%s', async (_, failpoint, occurrence) => {
    const engine = createMemoryEngine(app, { crash: crashAt(failpoint, occurrence) });
    await engine.client.start({ name, instanceId: 'i', input: JSON.stringify(input) });
    const status = await engine.runToEnd('i');
    expect({ status: status.status, output: JSON.parse(status.output ?? 'null') }).toEqual({
      status: 'Completed',
      output,
    });
    if (name === 'steps') expect(inOrder()).toEqual(steps);
    await engine.stop();
  });
});

it('comes to every failpoint there is', () => {
  expect(new Set(stories.flatMap(({ failpoints }) => failpoints))).toEqual(new Set(everyFailpoint));
});

describe('an activity', () => {
  const timesRun = async (options: MemoryEngineOptions) => {
    const engine = createMemoryEngine(app, options);
    await engine.client.start({ name: 'steps', instanceId: 'i', input: '{"length":1}' });
    await engine.runToEnd('i');
    return { runs: effects.length, crashes: engine.crashes };
  };

  it('runs once when nothing goes wrong', async () => {
    expect(await timesRun({})).toEqual({ runs: 1, crashes: 0 });
  });

  it('runs once when the process dies before it began', async () => {
    expect(await timesRun({ crash: crashAt('before-activity') })).toEqual({ runs: 1, crashes: 1 });
  });

  it('runs again when the process dies before its end was stored', async () => {
    expect(await timesRun({ crash: crashAt('after-activity') })).toEqual({ runs: 2, crashes: 1 });
    effects.splice(0);
    expect(await timesRun({ crash: crashAt('before-commit', 2) })).toEqual({ runs: 2, crashes: 1 });
  });

  it('does not run again when the process dies after its end was stored', async () => {
    expect(await timesRun({ crash: crashAt('after-commit', 2) })).toEqual({ runs: 1, crashes: 1 });
  });
});

describe('an interceptor', () => {
  it('can run an activity twice, or lose its answer', async () => {
    const answers: (string | null)[] = [];
    const engine = createMemoryEngine(app, {
      intercept: async ({ name, input }, run) => {
        answers.push(`${name} ${input}`);
        if (answers.length === 1) return (await run(), run());
        await run();
        throw new Error('the answer was lost');
      },
    });
    await engine.client.start({ name: 'steps', instanceId: 'i', input: '{"length":2}' });
    expect(await engine.runToEnd('i')).toMatchObject({
      status: 'Failed',
      output: expect.stringContaining('the answer was lost'),
    });
    expect(effects).toEqual(['i step 1', 'i step 1', 'i step 2']);
    expect(answers).toEqual(['note {"text":"i step 1"}', 'note {"text":"i step 2"}']);
  });

  it('can refuse without running anything', async () => {
    const engine = createMemoryEngine(app, { intercept: () => Promise.reject(new Error('refused')) });
    await engine.client.start({ name: 'steps', instanceId: 'i', input: '{"length":2}' });
    expect(await engine.runToEnd('i')).toMatchObject({ status: 'Failed', output: expect.stringContaining('refused') });
    expect(effects).toEqual([]);
  });
});

it('bug 5: what a worker knew before it lost the store is worth nothing afterwards', async () => {
  for (let moment = 1; moment <= 12; moment += 1) {
    effects.splice(0);
    let commits = 0;
    const engine = createMemoryEngine(app, {
      seed: moment,
      workers: 2,
      crash: (failpoint) => {
        if (failpoint === 'before-commit' && ++commits === moment) engine.breakConnections();
        return false;
      },
    });
    await engine.client.start({ name: 'steps', instanceId: 'i', input: '{"length":4}' });
    expect(await engine.runToEnd('i')).toMatchObject({ status: 'Completed' });
    expect(inOrder()).toEqual(steps);
    await engine.stop();
  }
});

it('gives activities beyond its own capacity to the other worker', async () => {
  let running = 0;
  let most = 0;
  const engine = createMemoryEngine(app, {
    workers: 2,
    maxConcurrentActivities: 1,
    intercept: async (_, run) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return run();
    },
  });
  await engine.client.start({ name: 'fan-out', instanceId: 'i', input: '20' });
  expect(await engine.runToEnd('i')).toMatchObject({ output: '190' });
  expect(most).toBe(2);
  await engine.stop();
});

it('does the same in the same order for the same seed', async () => {
  const run = async (seed: number) => {
    effects.splice(0);
    const engine = createMemoryEngine(app, { seed });
    await Promise.all(
      ['a', 'b', 'c'].map((instanceId) => engine.client.start({ name: 'steps', instanceId, input: '{"length":3}' })),
    );
    for (const id of ['a', 'b', 'c']) await engine.runToEnd(id);
    return effects.join();
  };
  expect(await run(7)).toBe(await run(7));
  const orders = new Set<string>();
  for (let seed = 1; seed <= 10; seed += 1) orders.add(await run(seed));
  expect(orders.size).toBeGreaterThan(1);
});

it('says what every instance waits for when nothing can happen any more', async () => {
  const engine = createMemoryEngine(app);
  await engine.client.start({ name: 'three-events', instanceId: 'stuck' });
  await expect(engine.runToEnd('stuck')).rejects.toThrow(
    "The end of 'stuck' cannot come about: nothing is left to happen.\n  stuck (three-events, Running) " +
      'waits for: event event',
  );
});

it('lets a month pass in no time', async () => {
  const time = new VirtualTime(Date.UTC(2026, 0, 1));
  const engine = createMemoryEngine(app, { time });
  await engine.client.start({
    name: 'timer',
    instanceId: 'i',
    input: JSON.stringify({ milliseconds: 30 * 86_400_000 }),
  });
  expect(await engine.runToEnd('i')).toMatchObject({ output: String(30 * 86_400_000) });
  expect(new Date(time.now()).toISOString()).toBe('2026-01-31T00:00:00.000Z');
});

it('lets only as much time pass as is asked for', async () => {
  const engine = createMemoryEngine(app);
  await engine.client.start({ name: 'event-or-timeout', instanceId: 'i', input: '{"milliseconds":1000}' });
  await engine.settle();
  await engine.time.advance(999);
  expect(await engine.client.status('i')).toMatchObject({ status: 'Running' });
  await engine.time.advance(1);
  expect(await engine.client.status('i')).toMatchObject({ status: 'Completed', output: '"timeout"' });
});
