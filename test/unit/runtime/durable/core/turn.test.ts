import { beforeAll, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { FunctionsCore, installFunctionsCore } from '../../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../../runtime/core/load.ts';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import { EventType, historyEvent, type HistoryEvent } from '../../../../../runtime/durable/contract/history.ts';
import type { Instance } from '../../../../../runtime/durable/contract/instance.ts';
import type { Message } from '../../../../../runtime/durable/contract/messages.ts';
import type { TurnResult } from '../../../../../runtime/durable/contract/turn-result.ts';
import { runTurn } from '../../../../../runtime/durable/core/turn.ts';
import { createDurableApp } from '../../../../../runtime/durable/durable-app.ts';
import { shorthand } from '../../../../kit/conformance/harness.ts';

let app: DurableApp;
beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  df.app.orchestration('two-steps', function* (context) {
    const first: unknown = yield context.df.callActivity('A', { n: 1 });
    const second: unknown = yield context.df.callActivity('B', { first });
    return [first, second];
  });
  df.app.orchestration('waiting', function* (context) {
    const got: unknown[] = [];
    while (got.length < 9) got.push(yield context.df.waitForExternalEvent('e'));
    return got;
  });
  df.app.orchestration('racing', function* (context) {
    yield context.df.Task.any([
      context.df.callActivityWithRetry('A', new df.RetryOptions(100, 3)),
      context.df.callActivity('B'),
    ]);
    yield context.df.callActivity('C');
  });
  df.app.orchestration('timed', function* (context) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    return context.df.currentUtcDateTime.getTime();
  });
  df.app.orchestration('renewing', function* (context) {
    const input = context.df.getInput<{ n: number } | null>();
    if (input) return input;
    yield context.df.waitForExternalEvent('first');
    context.df.continueAsNew({ n: 1 });
    return undefined;
  });
  await startApp(core, '.');
  app = createDurableApp(core);
});

const at = Date.UTC(2026, 0, 1);
const fresh = (name: string): Instance => ({
  instanceId: 'i',
  executionId: 'x1',
  name,
  version: null,
  status: 'Pending',
  input: null,
  output: null,
  customStatus: null,
  parent: null,
  createdAt: at,
  updatedAt: at,
  turn: 0,
  state: null,
  lock: null,
});

/** Plays turn after turn, as a store that never fails would have it. */
class Player {
  instance: Instance;
  history: HistoryEvent[] = [];
  #rows = 0;

  constructor(name: string) {
    this.instance = fresh(name);
  }

  message(event?: HistoryEvent, executionId: string | null = null): Message {
    return { rowId: String(++this.#rows), executionId, ...(event && { event }) };
  }

  async play(messages: readonly Message[], now = at): Promise<TurnResult> {
    const result = await runTurn({
      instance: this.instance,
      history: this.history,
      messages,
      app,
      now,
      newId: () => 'new',
      options: { httpPollMilliseconds: 1, defaultVersion: null },
    });
    this.instance = result.after;
    this.history = result.replacesHistory ? result.events : [...this.history, ...result.events];
    return result;
  }
}

const done = (id: number, result = '1') =>
  historyEvent(at, { EventType: EventType.TaskCompleted, TaskScheduledId: id, Result: result });
const failed = (id: number) =>
  historyEvent(at, {
    EventType: EventType.TaskFailed,
    TaskScheduledId: id,
    Reason: 'r',
    Details: '',
    FailureDetails: null,
  });
const raised = (name: string, input = '1') =>
  historyEvent(at, { EventType: EventType.EventRaised, Name: name, Input: input });

describe('messages', () => {
  it('are played once, though they come twice', async () => {
    const player = new Player('two-steps');
    expect((await player.play([])).activities).toEqual([{ taskId: 0, name: 'A', input: '{"n":1}' }]);
    const both = [player.message(done(0)), player.message(done(0, '2'))];
    const result = await player.play(both);
    expect(result.consumed).toEqual(both);
    expect(result.activities).toEqual([{ taskId: 1, name: 'B', input: '{"first":1}' }]);
    expect((await player.play([player.message(done(0, '3'))])).events).toEqual([]);
    expect((await player.play([player.message(done(1))])).after).toMatchObject({
      status: 'Completed',
      output: '[1,1]',
    });
  });

  it('for an earlier execution are dropped', async () => {
    const player = new Player('two-steps');
    await player.play([]);
    const late = player.message(done(0), 'x0');
    expect(await player.play([late])).toMatchObject({ consumed: [late], events: [] });
  });

  it('that end what was never begun are dropped', async () => {
    const player = new Player('two-steps');
    await player.play([]);
    const stray = player.message(done(5));
    expect(await player.play([stray])).toMatchObject({ consumed: [stray], events: [] });
  });

  it('to an instance that has ended are dropped', async () => {
    const player = new Player('two-steps');
    player.instance = { ...player.instance, status: 'Completed' };
    const late = player.message(raised('e'));
    expect(await player.play([late])).toMatchObject({ consumed: [late], events: [], after: { status: 'Completed' } });
  });

  it('that only wake cost nothing', async () => {
    const player = new Player('waiting');
    await player.play([]);
    const nudge = player.message();
    expect(await player.play([nudge])).toMatchObject({ consumed: [nudge], events: [] });
  });

  it('that must not be played together are left for the next turn', async () => {
    const player = new Player('racing');
    await player.play([]);
    const [success, failure] = [player.message(done(1)), player.message(failed(0))];
    const result = await player.play([success, failure]);
    expect(result).toMatchObject({ consumed: [success], defersRest: false, activities: [{ taskId: 2, name: 'C' }] });
    expect((await player.play([failure])).outgoing).toMatchObject([
      { to: 'i', event: { EventType: EventType.TimerFired, TimerId: 3 } },
    ]);
    expect(shorthand(player.history)).toBe('12 0 4#0 4#1 13 | 12 5(1) 4#2 13 | 12 6(0) 10#3 13 |');
  });
});

describe('suspension', () => {
  const suspended = historyEvent(at, { EventType: EventType.ExecutionSuspended, Reason: null });
  const resumed = historyEvent(at, { EventType: EventType.ExecutionResumed, Reason: null });

  it('keeps what came before and after it for the resume, in order', async () => {
    const player = new Player('waiting');
    await player.play([]);
    const inbox = [player.message(raised('e', '1')), player.message(suspended), player.message(raised('e', '2'))];
    const result = await player.play(inbox);
    expect(result).toMatchObject({ consumed: [inbox[1]], defersRest: true, after: { status: 'Suspended' } });
    const rest = [inbox[0], inbox[2], player.message(resumed)].filter((each) => each !== undefined);
    expect(await player.play(rest)).toMatchObject({ consumed: rest, after: { status: 'Running' } });
    expect(player.history.filter(({ EventType: type }) => type === EventType.EventRaised)).toMatchObject([
      { Input: '1' },
      { Input: '2' },
    ]);
  });

  it('before the first turn does not lose the start', async () => {
    const player = new Player('two-steps');
    expect((await player.play([player.message(suspended)])).after.status).toBe('Suspended');
    expect((await player.play([player.message(resumed)])).activities).toMatchObject([{ name: 'A' }]);
  });

  it('lifted before it was noticed changes nothing', async () => {
    const player = new Player('waiting');
    await player.play([]);
    expect((await player.play([player.message(suspended), player.message(resumed)])).after.status).toBe('Running');
  });
});

describe('time', () => {
  it('never runs back, nor before a timer that fired', async () => {
    const player = new Player('timed');
    const { outgoing } = await player.play([], at + 5_000);
    const event = outgoing[0]?.event;
    if (!event) throw new Error('no timer was made');
    const { after } = await player.play([player.message(event, 'x1')], at);
    expect(after.output).toBe(String(at + 5_000 + 60_000));
  });
});

describe('a new generation', () => {
  it('gets the events nobody has read, before all others', async () => {
    const player = new Player('renewing');
    await player.play([]);
    const inbox = ['first', 'first', 'other'].map((name, index) => player.message(raised(name, String(index))));
    const { outgoing, after, events, replacesHistory } = await player.play(inbox);
    expect(after).toMatchObject({ executionId: 'new', input: '{"n":1}', status: 'Running' });
    expect({ events, replacesHistory }).toEqual({ events: [], replacesHistory: true });
    expect(
      outgoing.map(({ to, executionId, event, visibleAt }) => [
        to,
        executionId,
        event && 'Input' in event && event.Input,
        visibleAt,
      ]),
    ).toEqual([
      ['i', null, '1', 0],
      ['i', null, '2', 1],
    ]);
  });
});
