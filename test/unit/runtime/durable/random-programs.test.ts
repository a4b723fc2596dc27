// Any orchestration, in any order of events, over any crash: the numbers found are the SDK's own, every end is
// reached, and replaying from every prefix decides the same.
import { beforeAll, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import type { OrchestrationContext, Task, TimerTask } from 'durable-functions';
import fc from 'fast-check';
import { FunctionsCore, installFunctionsCore } from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';
import type { DurableApp } from '../../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../../runtime/durable/durable-app.ts';
import { createMemoryEngine } from '../../../../runtime/durable/memory/engine.ts';
import { Random } from '../../../../runtime/durable/memory/random.ts';
import { crossChecked } from '../../../kit/conformance/cross-check.ts';
import { recordHistory, replayHistory } from '../../../kit/conformance/replay.ts';

type Leaf =
  | { do: 'activity'; fails: boolean }
  | { do: 'retry'; failures: number; attempts: number }
  | { do: 'child'; failures: number }
  | { do: 'timer'; milliseconds: number }
  | { do: 'event'; name: string };
type Statement =
  | Leaf
  | { do: 'any' | 'all'; of: Leaf[]; withEarlier: boolean }
  | { do: 'signal' }
  | { do: 'await-earlier' };

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ do: fc.constant('activity' as const), fails: fc.boolean() }),
  fc.record({ do: fc.constant('retry' as const), failures: fc.nat(3), attempts: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('child' as const), failures: fc.nat(2) }),
  fc.record({ do: fc.constant('timer' as const), milliseconds: fc.nat(30) }),
  fc.record({ do: fc.constant('event' as const), name: fc.constant('') }),
);
const statement: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('any' as const, 'all' as const),
      of: fc.array(leaf, { minLength: 1, maxLength: 4 }),
      withEarlier: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'signal' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'await-earlier' as const }) },
);
/** Every wait has an event name of its own, so that no event is taken by a wait nobody awaits any more. */
const program = fc.array(statement, { minLength: 1, maxLength: 8 }).map((statements) => {
  let events = 0;
  const named = (each: Leaf): Leaf => (each.do === 'event' ? { ...each, name: `event-${events++}` } : each);
  const all = statements.map((each): Statement =>
    'of' in each ? { ...each, of: each.of.map(named) } : each.do === 'event' ? named(each) : each,
  );
  return { statements: all, events };
});

let app: DurableApp;
let attempts: Map<string, number>;

beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  // How often it fails is counted per task, so that running one twice, as crashes do, changes nothing but the count.
  df.app.activity('work', {
    handler: ({ key, failures }: { key: string; failures: number }) => {
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      if (attempt <= failures) throw new Error(`${key} #${attempt}`);
      return key;
    },
  });
  df.app.entity('ear', () => {});
  df.app.orchestration('child', function* (context) {
    return yield context.df.callActivity('work', context.df.getInput());
  });
  df.app.orchestration('program', function* (context) {
    const earlier: Task[] = [];
    const isOpen = (task: Task) => !task.isCompleted && !task.isFaulted;
    let number = 0;
    for (const each of context.df.getInput<Statement[]>()) {
      try {
        if (each.do === 'signal') context.df.signalEntity(new df.EntityId('ear', 'x'), 'hear', 1);
        else if (each.do === 'await-earlier') {
          const open = earlier.find(isOpen);
          if (open) yield open;
        } else if ('of' in each) {
          const fresh = each.of.map((part) => taskOf(context, part, number++));
          const again = each.withEarlier ? earlier.filter(isOpen).slice(0, 2) : [];
          earlier.push(...fresh.filter((_, index) => each.of[index]?.do !== 'event'));
          yield each.do === 'any'
            ? context.df.Task.any([...again, ...fresh])
            : context.df.Task.all([...fresh, ...again]);
        } else yield taskOf(context, each, number++);
      } catch {
        // a failure is as good an end as any
      }
    }
    for (const task of earlier.filter(isOpen)) if ('cancel' in task) (task as TimerTask).cancel();
    return number;
  });
  await startApp(core, '.');
  app = createDurableApp(core);
});

function taskOf(context: OrchestrationContext, what: Leaf, number: number): Task {
  const key = `${context.df.instanceId}-${number}`;
  const input = { key, failures: 'failures' in what ? what.failures : 0 };
  switch (what.do) {
    case 'activity':
      return context.df.callActivity('work', { key, failures: what.fails ? 99 : 0 });
    case 'retry':
      return context.df.callActivityWithRetry('work', new df.RetryOptions(7, what.attempts), input);
    case 'child':
      return context.df.callSubOrchestratorWithRetry('child', new df.RetryOptions(3, 2), input);
    case 'timer':
      return context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + what.milliseconds));
    case 'event':
      return context.df.waitForExternalEvent(what.name);
  }
}

const runs = 100;

it('decides the same in every order of events and from every prefix', async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.integer(), async ({ statements, events }, seed) => {
      attempts = new Map();
      const check = crossChecked(app);
      const engine = createMemoryEngine(check.app, { seed, maxConcurrentActivities: 1 + (Math.abs(seed) % 4) });
      await startAndRaise(engine, statements, events, seed);
      expect(await engine.runToEnd('p')).toMatchObject({ status: 'Completed' });
      expect(check.disagreements).toEqual([]);
      await replayHistory(app, await recordHistory(engine.client, 'p'));
      await engine.stop();
    }),
    { numRuns: runs, endOnFailure: true },
  );
});

it('comes to its end when processes die in any failpoint, two of them at work', async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.integer(), async ({ statements, events }, seed) => {
      attempts = new Map();
      const check = crossChecked(app);
      const dice = new Random(seed ^ 0x5bd1e995);
      const engine = createMemoryEngine(check.app, {
        seed,
        workers: 2,
        maxConcurrentActivities: 1,
        crash: () => dice.below(12) === 0,
      });
      await startAndRaise(engine, statements, events, seed);
      expect(await engine.runToEnd('p')).toMatchObject({ status: 'Completed' });
      expect(check.disagreements).toEqual([]);
      await replayHistory(app, await recordHistory(engine.client, 'p'));
      await engine.stop();
    }),
    { numRuns: runs, endOnFailure: true },
  );
});

/** Some events come before the start has been noticed, some later, in whatever order. */
async function startAndRaise(
  { client, time }: ReturnType<typeof createMemoryEngine>,
  statements: Statement[],
  events: number,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  await client.start({ name: 'program', instanceId: 'p', input: JSON.stringify(statements) });
  for (let event = 0; event < events; event += 1)
    time.schedule(
      time.now() + random.below(40),
      async () => void (await client.raiseEvent('p', `event-${event}`, String(event))),
    );
}
