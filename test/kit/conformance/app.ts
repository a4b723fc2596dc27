// The app every engine must run: written against the two packages alone, as a product's functions are.
import * as df from 'durable-functions';
import type { EntityContext, OrchestrationHandler } from 'durable-functions';

/** What the activities did, in the order they did it. */
export const effects: string[] = [];
const counts = new Map<string, number>();
const count = (key: string): number => {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
};

/** Refuses until told otherwise: stands for an outside system that is repaired. */
export const broken = new Set<string>();

class TypedError extends Error {
  override readonly name = 'TypedError';
  readonly code = 42;
}

interface Flaky {
  key: string;
  failures: number;
}

interface LongWait {
  milliseconds: number;
}

/** Registers everything with whichever host is installed. */
export function registerConformanceApp(): void {
  registerActivities();
  registerBasics();
  registerRetries();
  registerTimersAndEvents();
  registerCompounds();
  registerFamilies();
  registerRenewals();
  registerEntities();
}

function registerActivities(): void {
  df.app.activity('echo', { handler: (input: unknown) => input });
  df.app.activity('upper', { handler: (input: unknown) => String(input).toUpperCase() });
  df.app.activity('nothing', { handler: () => undefined });
  df.app.activity('typeOf', {
    handler: (input: unknown) => (input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input),
  });
  df.app.activity('note', { handler: ({ text }: { text: string }) => void effects.push(text) });
  df.app.activity('flaky', {
    handler: ({ key, failures }: Flaky) => {
      const attempt = count(key);
      if (attempt <= failures) throw new Error(`${key} failed #${attempt}`);
      return `${key} ok after ${attempt}`;
    },
  });
  df.app.activity('repairable', {
    handler: ({ key }: { key: string }) => {
      effects.push(`tried ${key}`);
      if (broken.has(key)) throw new Error(`${key} is broken`);
      return `${key} works`;
    },
  });
  df.app.activity('slow', {
    handler: ({ milliseconds, answer }: { milliseconds: number; answer: unknown }) =>
      new Promise((resolve) => setTimeout(() => resolve(answer), milliseconds)),
  });
  df.app.activity('typed-error', {
    handler: () => {
      throw new TypedError('typed');
    },
  });
  df.app.activity('throw', {
    handler: ({ text }: { text: string }) => {
      throw new Error(text);
    },
  });
  df.app.activity('odd-error', { handler: () => throwText('a plain text') });
  df.app.setExceptionPropertiesProvider({
    getExceptionProperties: (error: unknown) => (error instanceof TypedError ? { code: error.code } : undefined),
  });
}

function registerBasics(): void {
  define('chain', function* (context) {
    const input: unknown = context.df.getInput();
    const a: unknown = yield context.df.callActivity('upper', input ?? 'x');
    const b: unknown = yield context.df.callActivity('echo', { a, n: 1 });
    const c: unknown = yield context.df.callActivity('nothing');
    context.df.setCustomStatus({ step: 3 });
    return { a, b, c, id: context.df.instanceId };
  });
  define('types', function* (context) {
    const seen: unknown[] = [];
    for (const value of ['s', 1, 0, true, false, null, { a: 1 }, [1], undefined, '5', '{"a":1}', new Date(0)]) {
      const type: unknown = yield context.df.callActivity('typeOf', value);
      const back: unknown = yield context.df.callActivity('echo', value);
      seen.push([type, back]);
    }
    return seen;
  });
  define('fan-out', function* (context) {
    const width = context.df.getInput<number>();
    const parts: number[] = yield context.df.Task.all(
      Array.from({ length: width }, (_, index) => context.df.callActivity('echo', index)),
    );
    return parts.reduce((sum, each) => sum + each, 0);
  });
  define('steps', function* (context) {
    const { length } = context.df.getInput<{ length: number }>();
    for (let step = 1; step <= length; step += 1)
      yield context.df.callActivity('note', { text: `${context.df.instanceId} step ${step}` });
    return length;
  });
  define('input', function* (context) {
    const input: unknown = context.df.getInput();
    return { type: typeof input, input };
  });
  define('custom-status', function* (context) {
    context.df.setCustomStatus('first');
    yield context.df.waitForExternalEvent('next');
    context.df.setCustomStatus({ second: 2 });
    yield context.df.waitForExternalEvent('next');
    return 'done';
  });
  define('guids', function* (context) {
    const first = context.df.newGuid(context.df.instanceId);
    yield context.df.callActivity('echo', 1);
    return [first, context.df.newGuid(context.df.instanceId)];
  });
  define('replaying', function* (context) {
    const seen = [context.df.isReplaying];
    yield context.df.callActivity('echo', 1);
    seen.push(context.df.isReplaying);
    yield context.df.callActivity('echo', 2);
    seen.push(context.df.isReplaying);
    return seen;
  });
  define('version', function* (context) {
    yield context.df.callActivity('echo', 1);
    return context.df.version;
  });
  define('thrower', function* (context) {
    yield context.df.callActivity('echo', 1);
    throw new Error('the orchestrator broke');
  });
  define('throws-empty', function* (context) {
    yield context.df.callActivity('echo', 1);
    throw new Error('');
  });
  define('throws-text', function* (context) {
    yield context.df.callActivity('echo', 1);
    return throwText('a text');
  });
  define('unknown-activity', function* (context) {
    try {
      yield context.df.callActivity('there-is-no-such-activity');
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
  define('typed-error-caught', function* (context) {
    try {
      yield context.df.callActivity('typed-error');
    } catch (error) {
      if (!(error instanceof df.TaskFailedError)) return 'another error';
      return {
        type: error.failureDetails.errorType,
        properties: error.failureDetails.properties,
        message: error.message,
      };
    }
    return 'not reached';
  });
  define('throws-what-it-is-given', function* (context) {
    try {
      yield context.df.callActivity('throw', context.df.getInput());
    } catch (error) {
      return { caught: messageOf(error) };
    }
    return 'not reached';
  });
  define('odd-error-caught', function* (context) {
    try {
      yield context.df.callActivity('odd-error');
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
  define('unstorable', function* () {
    return { big: 1n };
  });
  define('yields-nothing', function* (context) {
    yield undefined as never;
    return context.df.instanceId;
  });
  define('call-http', function* (context) {
    try {
      const { statusCode, content }: { statusCode: number; content: string } = yield context.df.callHttp({
        method: 'GET',
        ...context.df.getInput<{ url: string }>(),
      });
      const after: unknown = yield context.df.callActivity('echo', 'after');
      return { statusCode, content, after };
    } catch (error) {
      return { caught: messageOf(error) };
    }
  });
  // Stands for two releases of one orchestrator: what it does depends on the world, as it never may.
  define('redeployed', function* (context) {
    yield context.df.callActivity('echo', 1);
    yield context.df.waitForExternalEvent('go');
    yield context.df.callActivity(broken.has('redeployed') ? 'upper' : 'echo', 2);
    yield context.df.waitForExternalEvent('go');
    return 'done';
  });
}

function registerRetries(): void {
  define('retry', function* (context) {
    const {
      key,
      failures,
      first = 5,
      attempts,
      backoff,
      longest,
      timeout,
    } = context.df.getInput<
      Flaky & { first?: number; attempts: number; backoff?: number; longest?: number; timeout?: number }
    >();
    const options = Object.assign(new df.RetryOptions(first, attempts), {
      ...(backoff !== undefined && { backoffCoefficient: backoff }),
      ...(longest !== undefined && { maxRetryIntervalInMilliseconds: longest }),
      ...(timeout !== undefined && { retryTimeoutInMilliseconds: timeout }),
    });
    try {
      return yield context.df.callActivityWithRetry('flaky', options, { key, failures });
    } catch (error) {
      const after: unknown = yield context.df.callActivity('echo', 'after');
      return { caught: messageOf(error), after };
    }
  });
  define('retry-among-others', function* (context) {
    const key = context.df.instanceId;
    const parts: unknown[] = yield context.df.Task.all([
      context.df.callActivityWithRetry('flaky', new df.RetryOptions(5, 5), { key: `${key}-a`, failures: 2 }),
      context.df.callActivity('slow', { milliseconds: 12, answer: 'slow' }),
      context.df.callActivityWithRetry('flaky', new df.RetryOptions(3, 5), { key: `${key}-b`, failures: 3 }),
    ]);
    const last: unknown = yield context.df.callActivity('echo', 'last');
    return [...parts, last];
  });
  define('retry-awaited-later', function* (context) {
    const retried = context.df.callActivityWithRetry('flaky', new df.RetryOptions(20, 5), {
      key: context.df.instanceId,
      failures: 2,
    });
    yield context.df.Task.any([retried, context.df.callActivity('echo', 'b')]);
    const value: unknown = yield retried;
    // The same activity again: only its number tells it from a further attempt.
    const last: unknown = yield context.df.callActivity('flaky', { key: `${context.df.instanceId}-last`, failures: 0 });
    return { value, last };
  });
  define('child-with-retry', function* (context) {
    return yield context.df.callSubOrchestratorWithRetry('flaky-child', new df.RetryOptions(5, 3), {
      key: context.df.instanceId,
    });
  });
  define('flaky-child', function* (context) {
    const { key } = context.df.getInput<{ key: string }>();
    return yield context.df.callActivity('flaky', { key, failures: 1 });
  });
  define('repairable-step', function* (context) {
    const { key } = context.df.getInput<{ key: string }>();
    yield context.df.callActivity('note', { text: `${key} before` });
    return yield context.df.callActivity('repairable', { key });
  });
  define('repairable-with-retry', function* (context) {
    const { key } = context.df.getInput<{ key: string }>();
    const before: unknown = yield context.df.callActivityWithRetry('repairable', new df.RetryOptions(5, 2), { key });
    const after: unknown = yield context.df.callActivity('echo', 'after');
    return { before, after };
  });
  define('repairable-parent', function* (context) {
    return yield context.df.callSubOrchestrator(
      'repairable-step',
      context.df.getInput(),
      `${context.df.instanceId}-child`,
    );
  });
}

function registerTimersAndEvents(): void {
  define('timer', function* (context) {
    const begun = context.df.currentUtcDateTime.getTime();
    yield context.df.createTimer(new Date(begun + context.df.getInput<LongWait>().milliseconds));
    return context.df.currentUtcDateTime.getTime() - begun;
  });
  define('past-timer', function* (context) {
    yield context.df.createTimer(new Date(0));
    return 'fired';
  });
  define('event-or-timeout', function* (context) {
    const timer = context.df.createTimer(
      new Date(context.df.currentUtcDateTime.getTime() + context.df.getInput<LongWait>().milliseconds),
    );
    const event = context.df.waitForExternalEvent('go');
    const first = yield context.df.Task.any([event, timer]);
    if (first !== event) return 'timeout';
    timer.cancel();
    const echoed: unknown = yield context.df.callActivity('echo', event.result);
    return { got: echoed };
  });
  define('timer-left-running', function* (context) {
    const timer = context.df.createTimer(
      new Date(context.df.currentUtcDateTime.getTime() + context.df.getInput<LongWait>().milliseconds),
    );
    yield context.df.Task.any([context.df.waitForExternalEvent('go'), timer]);
    return 'done';
  });
  define('three-events', function* (context) {
    const seen: unknown[] = [];
    while (seen.length < 3) seen.push(yield context.df.waitForExternalEvent('event'));
    return seen;
  });
  define('events-and-activity', function* (context) {
    return yield context.df.Task.all([
      context.df.waitForExternalEvent('a'),
      context.df.waitForExternalEvent('b'),
      context.df.callActivity('echo', 1),
    ]);
  });
  define('event-without-input', function* (context) {
    const value: unknown = yield context.df.waitForExternalEvent('go');
    return value === undefined ? 'undefined' : value;
  });
}

function registerCompounds(): void {
  define('one-timer-many-races', function* (context) {
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 150));
    const got: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      const event = context.df.waitForExternalEvent('race');
      const first = yield context.df.Task.any([event, timer]);
      got.push(first === timer ? 'timeout' : event.result);
      if (first === timer) break;
    }
    const tail: unknown = yield context.df.callActivity('echo', 'tail');
    if (!timer.isCompleted) timer.cancel();
    return { got, tail };
  });
  define('one-activity-two-races', function* (context) {
    const slow = context.df.callActivity('slow', { milliseconds: 60, answer: 'slow' });
    const fast = context.df.callActivity('echo', 'fast');
    const first = yield context.df.Task.any([slow, fast]);
    const more = context.df.callActivity('echo', 'more');
    const second = yield context.df.Task.any([slow, more]);
    const last: unknown = yield slow;
    return { first: first === fast ? 'fast' : 'slow', second: second === more ? 'more' : 'slow', last };
  });
  // A thrown state comes as text only: the re-used task must still be known for the one it is.
  define('reused-task-then-throw', function* (context) {
    const slow = context.df.callActivity('note', { text: `${context.df.instanceId} once` });
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 20));
    yield context.df.Task.any([timer, context.df.waitForExternalEvent('never')]);
    yield context.df.Task.any([slow, context.df.waitForExternalEvent('never')]);
    yield context.df.Task.any([context.df.waitForExternalEvent('never'), slow, context.df.callActivity('echo', 1)]);
    throw new Error('after the races');
  });
  define('nested', function* (context) {
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    const both = context.df.Task.all([context.df.callActivity('echo', 1), context.df.callActivity('echo', 2)]);
    const first = yield context.df.Task.any([both, timer]);
    timer.cancel();
    return first === both ? both.result : 'timeout';
  });
  define('all-fails-fast', function* (context) {
    try {
      yield context.df.Task.all([
        context.df.callActivity('flaky', { key: context.df.instanceId, failures: 1 }),
        context.df.callActivity('slow', { milliseconds: 80, answer: 1 }),
      ]);
    } catch (error) {
      const tidied: unknown = yield context.df.callActivity('echo', 'tidied');
      return { caught: messageOf(error), tidied };
    }
    return 'not reached';
  });
  define('finished-task-in-any', function* (context) {
    const done = context.df.callActivity('echo', 1);
    yield done;
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30));
    const first = yield context.df.Task.any([done, timer]);
    return first === done ? 'activity' : 'timer';
  });
}

function registerFamilies(): void {
  define('parent', function* (context) {
    const unnamed: { a: string } = yield context.df.callSubOrchestrator('chain', 'one');
    const named: { id: string } = yield context.df.callSubOrchestrator(
      'chain',
      'two',
      `${context.df.instanceId}-child`,
    );
    try {
      yield context.df.callSubOrchestrator('thrower', {});
    } catch (error) {
      return { a: unnamed.a, id: named.id, caught: messageOf(error) };
    }
    return 'not reached';
  });
  define('parent-of-many', function* (context) {
    const children = Array.from({ length: context.df.getInput<{ children: number }>().children }, (_, index) =>
      context.df.callSubOrchestrator('chain', `c${index}`),
    );
    const results: { a: string }[] = yield context.df.Task.all(children);
    return results.map(({ a }) => a);
  });
  define('parent-of-waiting', function* (context) {
    return yield context.df.callSubOrchestrator('three-events', {}, `${context.df.instanceId}-child`);
  });
  define('parent-of-unknown', function* (context) {
    try {
      yield context.df.callSubOrchestrator('there-is-no-such-orchestrator', {});
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
  define('parent-of-taken-id', function* (context) {
    try {
      yield context.df.callSubOrchestrator('chain', {}, context.df.getInput<{ id: string }>().id);
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
  define('parent-of-misnamed', function* (context) {
    try {
      yield context.df.callSubOrchestrator('chain', {}, 'not/an/id');
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
}

function registerRenewals(): void {
  define('renew', function* (context) {
    const { n } = context.df.getInput<{ n: number }>();
    const echoed: number = yield context.df.callActivity('echo', n);
    if (echoed < 5) {
      context.df.continueAsNew({ n: echoed + 1 });
      return undefined;
    }
    return `finished at ${echoed}`;
  });
  define('renew-with-text', function* (context) {
    const input = context.df.getInput<unknown>();
    if (typeof input === 'string') return input;
    yield context.df.callActivity('echo', 1);
    context.df.continueAsNew('second');
    return undefined;
  });
  define('renew-per-event', function* (context) {
    const got = context.df.getInput<{ got?: unknown[] }>().got ?? [];
    got.push(yield context.df.waitForExternalEvent('event'));
    if (got.length < 4) {
      context.df.continueAsNew({ got });
      return undefined;
    }
    return got;
  });
  define('renew-after-timer', function* (context) {
    const { round } = context.df.getInput<{ round: number }>();
    if (round > 0) {
      const seen: unknown = yield context.df.waitForExternalEvent('late');
      return { round, seen };
    }
    const lost = context.df.waitForExternalEvent('late');
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30));
    yield context.df.Task.any([timer, lost]);
    context.df.continueAsNew({ round: 1 });
    return undefined;
  });
}

function registerEntities(): void {
  df.app.entity('counter', (context: EntityContext<number>) => {
    const value = context.df.getState(() => 0) ?? 0;
    switch (context.df.operationName) {
      case 'add':
        context.df.setState(value + (context.df.getInput<number>() ?? 0));
        break;
      case 'get':
        context.df.return(value);
        break;
      case 'delete':
        context.df.destructOnExit();
        break;
      case 'relay':
        context.df.signalEntity(new df.EntityId('counter', context.df.getInput<string>() ?? ''), 'add', 9);
        break;
      case 'fail':
        throw new Error('the entity says no');
      case 'fail-with-text':
        return throwText('the entity says no');
    }
  });
  define('entity', function* (context) {
    const counter = new df.EntityId('counter', context.df.instanceId);
    context.df.signalEntity(counter, 'add', 5);
    const first: unknown = yield context.df.callEntity(counter, 'get');
    yield context.df.callEntity(counter, 'add', 2);
    const second: unknown = yield context.df.callEntity(counter, 'get');
    const errors: string[] = [];
    for (const operation of ['fail', 'fail-with-text']) {
      try {
        yield context.df.callEntity(counter, operation);
      } catch (error) {
        errors.push(messageOf(error));
      }
    }
    const after: unknown = yield context.df.callActivity('echo', 'after');
    return { first, second, errors, after };
  });
  define('unknown-entity', function* (context) {
    try {
      yield context.df.callEntity(new df.EntityId('there-is-no-such-entity', 'x'), 'get');
    } catch (error) {
      return messageOf(error);
    }
    return 'not reached';
  });
  define('lock', function* (context) {
    const { entities, throws, event } = context.df.getInput<{ entities: string[]; throws?: boolean; event?: string }>();
    const ids = entities.map((key) => new df.EntityId('counter', key));
    const lock = yield context.df.lock(ids);
    const [first, last] = [ids[0], ids.at(-1)];
    if (!first || !last) return 'nothing to lock';
    const before: number = yield context.df.callEntity(first, 'get');
    if (event) yield context.df.waitForExternalEvent(event);
    yield context.df.callActivity('slow', { milliseconds: 10, answer: 0 });
    yield context.df.callEntity(first, 'add', 1);
    yield context.df.callEntity(last, 'add', before);
    if (throws) throw new Error('while holding the locks');
    lock.release();
    const after: unknown = yield context.df.callActivity('echo', 'after');
    return { before, after };
  });
}

function define(name: string, handler: OrchestrationHandler): void {
  df.app.orchestration(name, handler);
}

/** The first line: what follows differs from host to host. */
const messageOf = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').trim();

/** Not an Error, as some libraries throw. */
function throwText(text: unknown): never {
  throw text;
}
