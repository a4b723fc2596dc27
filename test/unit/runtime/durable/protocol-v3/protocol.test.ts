// The protocol of durable-functions 3.x, as literals. If a release of the SDK changes it, this says where.
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { FunctionsCore, installFunctionsCore } from '../../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../../runtime/core/load.ts';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import { EventType, historyEvent, type HistoryEvent } from '../../../../../runtime/durable/contract/history.ts';
import { createDurableApp, type OrchestratorRun } from '../../../../../runtime/durable/durable-app.ts';
import { readEntityAnswer, readOutcome } from '../../../../../runtime/durable/protocol-v3/outcome.ts';
import { entityPayload, orchestrationPayload } from '../../../../../runtime/durable/protocol-v3/payload.ts';

let app: DurableApp;
beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  df.app.orchestration('all-actions', function* (context) {
    const at = new Date('2026-01-02T00:00:00Z');
    const entity = new df.EntityId('Thing', 'K');
    context.df.setCustomStatus({ at: 1 });
    context.df.signalEntity(entity, 'poke', { p: 1 });
    yield context.df.Task.any([
      context.df.callActivity('A', { a: 1 }),
      context.df.callActivity('A', 'text'),
      context.df.callActivity('A'),
      context.df.callActivityWithRetry('B', new df.RetryOptions(100, 3), 5),
      context.df.callSubOrchestrator('C', 'text', 'child-id', '2.0'),
      context.df.callSubOrchestratorWithRetry('D', new df.RetryOptions(100, 3), { d: 1 }),
      context.df.createTimer(at),
      context.df.waitForExternalEvent('go'),
      context.df.callEntity(entity, 'op', 'text'),
      context.df.callHttp({ method: 'GET', url: 'http://localhost/x', headers: { h: '1' } }),
      context.df.Task.all([context.df.waitForExternalEvent('x')]),
    ]);
    return 'not reached';
  });
  df.app.orchestration('one', function* (context) {
    try {
      const result: unknown = yield context.df.callActivity('A');
      return { result, at: context.df.currentUtcDateTime.toISOString(), version: context.df.version };
    } catch (error) {
      return { caught: error instanceof Error ? `${error.constructor.name}: ${error.message}` : error };
    }
  });
  df.app.orchestration('returns', function* (context) {
    return context.df.getInput();
  });
  df.app.orchestration('throws', function* (context) {
    context.df.setCustomStatus('before');
    throw new Error('broken');
  });
  df.app.orchestration('renews', function* (context) {
    context.df.continueAsNew({ n: 2 });
    return undefined;
  });
  df.app.entity('thing', (context) => {
    // oxlint-disable-next-line no-throw-literal -- an app may throw anything, and gets what the SDK makes of it
    if (context.df.operationName === 'fail') throw 'no';
    context.df.setState({ n: 1 });
    context.df.signalEntity(new df.EntityId('other', 'k'), 'op', { s: 1 });
    context.df.return('done');
  });
  await startApp(core, '.');
  app = createDurableApp(core);
});

const at = Date.UTC(2026, 0, 1);
const beginning = (): HistoryEvent[] => [
  historyEvent(at, { EventType: EventType.OrchestratorStarted }),
  historyEvent(at, {
    EventType: EventType.ExecutionStarted,
    Name: 'one',
    Version: '1.5',
    Input: null,
    OrchestrationInstance: { InstanceId: 'i', ExecutionId: 'x' },
    ParentInstance: null,
  }),
];
const payloadFor = (history: readonly HistoryEvent[], input: string | null = null) =>
  orchestrationPayload({
    instanceId: 'i',
    parentInstanceId: null,
    input,
    history,
    isReplaying: false,
    httpPollMilliseconds: 30_000,
  });
const run = (name: string, history = beginning(), input: string | null = null) =>
  app.runOrchestrator(name, payloadFor(history, input)) as Promise<OrchestratorRun>;
const returned = async (name: string, history = beginning(), input: string | null = null) => {
  const answer = await run(name, history, input);
  return JSON.parse(JSON.stringify('returned' in answer ? answer.returned : { threw: String(answer.threw) })) as Record<
    string,
    unknown
  >;
};
/** An activity was scheduled, and ended so. */
const afterActivity = (end: object): HistoryEvent[] => [
  ...beginning(),
  historyEvent(at, { EventType: EventType.TaskScheduled, EventId: 0, Name: 'A', Version: '', Input: null }),
  historyEvent(at, { EventType: EventType.OrchestratorCompleted }),
  historyEvent(at + 5_000, { EventType: EventType.OrchestratorStarted }),
  { EventId: -1, IsPlayed: false, Timestamp: new Date(at + 5_000), ...end } as HistoryEvent,
];

describe('what goes in', () => {
  it('is the payload of the Durable extension', () => {
    const payload = payloadFor(beginning(), '{"a":1}') as Record<string, unknown>;
    expect({ ...payload, history: JSON.parse(JSON.stringify(payload['history'])) }).toEqual({
      history: [
        { EventType: 12, EventId: -1, IsPlayed: false, Timestamp: '2026-01-01T00:00:00.000Z' },
        {
          EventType: 0,
          EventId: -1,
          IsPlayed: false,
          Timestamp: '2026-01-01T00:00:00.000Z',
          Name: 'one',
          Version: '1.5',
          Input: null,
          OrchestrationInstance: { InstanceId: 'i', ExecutionId: 'x' },
          ParentInstance: null,
        },
      ],
      input: { a: 1 },
      instanceId: 'i',
      isReplaying: false,
      parentInstanceId: null,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 3,
      longRunningTimerIntervalDuration: '36500.00:00:00',
      maximumShortTimerDuration: '36500.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
    });
  });

  it('leaves the timestamps in history alone, but turns those in the input into dates, as on Azure', async () => {
    expect(await returned('returns', beginning(), '{"deep":{"Timestamp":"2026-05-05T00:00:00Z"}}')).toMatchObject({
      output: { deep: { Timestamp: '2026-05-05T00:00:00.000Z' } },
    });
    const answer = await run('returns', beginning(), '{"Timestamp":"2026-05-05T00:00:00Z"}');
    expect(
      'returned' in answer && (answer.returned as { output: { Timestamp: unknown } }).output.Timestamp,
    ).toBeInstanceOf(Date);
  });

  it('gives the code a fresh input every time', async () => {
    const first = await run('returns', beginning(), '{"a":1}');
    const second = await run('returns', beginning(), '{"a":1}');
    const output = (answer: OrchestratorRun) =>
      'returned' in answer ? (answer.returned as { output: unknown }).output : undefined;
    expect(output(first)).toEqual(output(second));
    expect(output(first)).not.toBe(output(second));
  });

  it('is, for an entity, its state and the operations', () => {
    expect(
      entityPayload({
        name: 'thing',
        key: 'K',
        state: '{"n":1}',
        batch: [
          { op: 'a', input: '5' },
          { op: 'b', signal: true },
        ],
      }),
    ).toEqual({
      self: { name: 'thing', key: 'K' },
      exists: true,
      state: '{"n":1}',
      batch: [
        { name: 'a', input: '5', isSignal: false },
        { name: 'b', input: null, isSignal: true },
      ],
    });
    expect(entityPayload({ name: 'thing', key: 'K', state: null, batch: [] })).toMatchObject({
      exists: false,
      state: null,
    });
  });
});

describe('what comes out', () => {
  it('is every action so far, spelled so', async () => {
    expect(await returned('all-actions')).toEqual({
      isDone: false,
      schemaVersion: 3,
      customStatus: { at: 1 },
      actions: [
        [
          { actionType: 9, instanceId: '@thing@K', operation: 'poke', input: { p: 1 } },
          {
            actionType: 11,
            compoundActions: [
              { actionType: 0, functionName: 'A', input: { a: 1 } },
              { actionType: 0, functionName: 'A', input: '"text"' },
              { actionType: 0, functionName: 'A' },
              {
                actionType: 1,
                functionName: 'B',
                input: 5,
                retryOptions: { firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts: 3 },
              },
              { actionType: 2, functionName: 'C', instanceId: 'child-id', version: '2.0', input: 'text' },
              {
                actionType: 3,
                functionName: 'D',
                input: { d: 1 },
                retryOptions: { firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts: 3 },
              },
              { actionType: 5, fireAt: '2026-01-02T00:00:00.000Z', isCanceled: false },
              { actionType: 6, externalEventName: 'go', reason: 'ExternalEvent' },
              { actionType: 7, instanceId: '@thing@K', operation: 'op', input: 'text' },
              {
                actionType: 8,
                httpRequest: {
                  method: 'GET',
                  uri: 'http://localhost/x',
                  headers: { h: '1' },
                  asynchronousPatternEnabled: true,
                },
              },
              { actionType: 12, compoundActions: [{ actionType: 6, externalEventName: 'x', reason: 'ExternalEvent' }] },
            ],
          },
        ],
      ],
    });
  });

  it('is the output when done', async () => {
    expect(await returned('one', afterActivity({ EventType: 5, TaskScheduledId: 0, Result: '{"r":1}' }))).toMatchObject(
      {
        isDone: true,
        output: { result: { r: 1 }, at: '2026-01-01T00:00:05.000Z', version: '1.5' },
      },
    );
  });

  it('is an action of its own to continue as new', async () => {
    expect(await returned('renews')).toMatchObject({ isDone: true, actions: [[{ actionType: 4, input: { n: 2 } }]] });
  });

  it('is an error with the state behind a mark when user code threw', async () => {
    const answer = await run('throws');
    expect('threw' in answer && (answer.threw as Error).message).toBe(
      'false\n\n$OutOfProcData$:' +
        '{"isDone":false,"actions":[[]],"schemaVersion":3,"error":"broken","customStatus":"before"}',
    );
    expect(readOutcome(answer)).toMatchObject({
      isDone: false,
      customStatus: 'before',
      error: { message: 'broken', failureDetails: null },
    });
  });

  it('is, for an entity, state, results and signals', async () => {
    const answer = await app.runEntity(
      'thing',
      entityPayload({ name: 'thing', key: 'K', state: null, batch: [{ op: 'set' }, { op: 'fail' }] }),
    );
    expect(readEntityAnswer(answer)).toEqual({
      entityExists: true,
      entityState: '{"n":1}',
      results: [
        { isError: false, result: '"done"' },
        { isError: true, result: '"no"' },
      ],
      signals: [{ target: { name: 'other', key: 'k' }, name: 'op', input: '{"s":1}' }],
    });
  });
});

describe('what the SDK demands of a history', () => {
  it.each<[string, object, object]>([
    [
      'a result of null is undefined no longer',
      { EventType: 5, TaskScheduledId: 0, Result: null },
      { output: { result: null } },
    ],
    [
      'a failure is an error of both texts',
      { EventType: 6, TaskScheduledId: 0, Reason: 'r', Details: 'd', FailureDetails: null },
      { output: { caught: 'Error: r \n d' } },
    ],
    [
      'failure details make it a TaskFailedError',
      {
        EventType: 6,
        TaskScheduledId: 0,
        Reason: 'r',
        Details: 'd',
        FailureDetails: { ErrorType: 'E', ErrorMessage: 'm' },
      },
      { output: { caught: 'TaskFailedError: E: m' } },
    ],
    ['an end of nothing is set aside', { EventType: 5, TaskScheduledId: 7, Result: '1' }, { isDone: false }],
    [
      'a missing result breaks the replay',
      { EventType: 5, TaskScheduledId: 0 },
      { threw: expect.stringContaining('SyntaxError') },
    ],
    [
      'details that are no text break the replay',
      { EventType: 6, TaskScheduledId: 0, Reason: 'r', Details: null },
      { threw: expect.stringContaining('could not parse its exception data') },
    ],
  ])('%s', async (_, end, answer) => {
    expect(await returned('one', afterActivity(end))).toMatchObject(answer);
  });
});

describe("an answer that is not the SDK's", () => {
  it('fails the instance and says so', () => {
    expect(readOutcome({ returned: 'something else', df: undefined })).toMatchObject({
      isDone: false,
      actions: [],
      error: { message: expect.stringContaining('not an orchestration state') },
    });
    expect(readOutcome({ returned: { isDone: true, actions: [[{ actionType: 99 }]] }, df: undefined })).toMatchObject({
      error: { message: expect.stringContaining('not an orchestration state') },
    });
    expect(readOutcome({ threw: new Error('the framework broke'), df: undefined })).toMatchObject({
      isDone: false,
      error: { message: 'the framework broke' },
    });
    expect(readOutcome({ threw: 'text', df: undefined })).toMatchObject({ error: { message: 'text' } });
  });

  it('falls back to the text of a thrown state where the live objects cannot be had', () => {
    const threw = new Error(
      'false\n\n$OutOfProcData$:' +
        '{"isDone":false,"actions":[[{"actionType":6,"externalEventName":"e"}]],"schemaVersion":3,"error":"x"}',
    );
    expect(readOutcome({ threw, df: {} }).actions).toEqual([{ actionType: 6, externalEventName: 'e' }]);
  });
});
