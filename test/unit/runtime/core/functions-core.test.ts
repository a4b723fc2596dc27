import { app, input, output, type FunctionTrigger } from '@azure/functions';
import { beforeEach, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import {
  FunctionsCore,
  installFunctionsCore,
  triggerOf,
  type LogEntry,
} from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';

let core: FunctionsCore;
let logged: LogEntry[];
beforeEach(() => {
  logged = [];
  core = new FunctionsCore({ log: (entry) => logged.push(entry) });
  installFunctionsCore(core);
});

/** As registered; the hash in a binding's name (of its options) stands as `#`. */
const metadataOf = (name: string) =>
  JSON.parse(
    JSON.stringify(core.find(name)?.metadata).replaceAll(/(Trigger|Input|Output)[0-9a-f]{10}/g, '$1#'),
  ) as unknown;

describe('what the libraries register', () => {
  it('is an HTTP function with its route, its extra inputs and its answer', () => {
    app.http('orders', {
      methods: ['GET'],
      route: 'orders/{id}',
      authLevel: 'function',
      extraInputs: [df.input.durableClient()],
      handler: () => ({}),
    });
    expect(metadataOf('orders')).toEqual({
      name: 'orders',
      bindings: {
        'httpTrigger#': {
          methods: ['GET'],
          route: 'orders/{id}',
          authLevel: 'function',
          type: 'httpTrigger',
          name: 'httpTrigger#',
          direction: 'in',
          properties: { supportsDeferredBinding: 'false' },
        },
        'durableClientInput#': {
          type: 'durableClient',
          name: 'durableClientInput#',
          direction: 'in',
          properties: { supportsDeferredBinding: 'false' },
        },
        $return: { type: 'http', name: 'httpOutput#', direction: 'out' },
      },
    });
  });

  it('is a timer with its retries', () => {
    app.timer('nightly', {
      schedule: '0 0 3 * * *',
      retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: 5_000 },
      handler: () => {},
    });
    expect(metadataOf('nightly')).toMatchObject({
      retryOptions: { retryStrategy: 'fixedDelay', maxRetryCount: 3, delayInterval: { seconds: 5 } },
    });
  });

  it('is a queue function with its outputs', () => {
    app.storageQueue('relay', {
      queueName: 'in',
      connection: 'Storage',
      return: output.storageQueue({ queueName: 'out', connection: 'Storage' }),
      handler: (message) => message,
    });
    expect(metadataOf('relay')).toMatchObject({
      bindings: {
        'queueTrigger#': { queueName: 'in', connection: 'Storage', type: 'queueTrigger' },
        $return: { queueName: 'out', connection: 'Storage', type: 'queue', direction: 'out' },
      },
    });
  });

  it('is a Kafka function under the names it was given', () => {
    const trigger: FunctionTrigger = { type: 'kafkaTrigger', name: 'event' };
    app.generic('listen', {
      trigger: { ...trigger, topic: 'orders.created', brokerList: '%Brokers%', cardinality: 'MANY' },
      extraInputs: [input.generic({ type: 'other', name: 'more' })],
      handler: () => {},
    });
    expect(metadataOf('listen')).toMatchObject({
      bindings: {
        event: { type: 'kafkaTrigger', topic: 'orders.created', brokerList: '%Brokers%', cardinality: 'MANY' },
        more: { type: 'other', direction: 'in' },
      },
    });
  });

  it('is an orchestrator, an activity and an entity by their triggers', () => {
    df.app.orchestration('story', function* () {
      return undefined;
    });
    df.app.activity('deed', { handler: () => {} });
    df.app.entity('thing', () => {});
    const types = [...core.functions.values()].map((fn) => [fn.name, triggerOf(fn).binding.type]);
    expect(types).toEqual([
      ['story', 'orchestrationTrigger'],
      ['deed', 'activityTrigger'],
      ['thing', 'entityTrigger'],
    ]);
  });
});

it('finds functions whatever the case of the name', () => {
  df.app.activity('Deed', { handler: () => {} });
  expect(core.find('dEED')?.name).toBe('Deed');
  expect(core.find('other')).toBeUndefined();
});

it('refuses a second function of the same name', () => {
  df.app.activity('deed', { handler: () => {} });
  expect(() => df.app.activity('deed', { handler: () => {} })).toThrow(
    "A function with the id 'deed' is already registered.",
  );
});

it('refuses functions that come after loading', async () => {
  await startApp(core, '.');
  expect(() => df.app.activity('late', { handler: () => {} })).toThrow("The function 'late' came too late");
});

it('hands registrations to the core installed last', () => {
  df.app.activity('first', { handler: () => {} });
  const second = new FunctionsCore();
  installFunctionsCore(second);
  df.app.activity('second', { handler: () => {} });
  expect([...core.functions.keys()]).toEqual(['first']);
  expect([...second.functions.keys()]).toEqual(['second']);
});

it('runs the start hooks once the app is loaded, and forgets a hook that was taken back', async () => {
  const ran: string[] = [];
  app.hook.appStart(() => void ran.push('kept'));
  app.hook.appStart(() => void ran.push('taken back')).dispose();
  await startApp(core, '.');
  expect(ran).toEqual(['kept']);
});

it('lets log hooks rewrite what users log, but not what the system logs', () => {
  app.hook.log((context) => {
    context.message = `[seen] ${context.message}`;
    context.level = 'warning';
  });
  core.log({ level: 'information', category: 'user', message: 'mine' });
  core.log({ level: 'information', category: 'system', message: 'theirs' });
  expect(logged.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warning [seen] mine',
    'information theirs',
  ]);
});

it('knows the hooks there are', () => {
  expect(() => core.module.registerHook('later', () => {})).toThrow(RangeError);
});
