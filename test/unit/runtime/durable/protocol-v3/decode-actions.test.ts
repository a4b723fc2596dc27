import { describe, expect, it } from '@jest/globals';
import { EventType, historyEvent, type HistoryEvent } from '../../../../../runtime/durable/contract/history.ts';
import { ActionType, type Action } from '../../../../../runtime/durable/protocol-v3/actions.ts';
import { decodeActions } from '../../../../../runtime/durable/protocol-v3/decode-actions.ts';

const start = Date.UTC(2026, 0, 1);
const options = { httpPollMilliseconds: 30_000 };

/** Builds a history episode by episode; time goes on by a second with each. */
class History {
  readonly events: HistoryEvent[] = [];
  #at = start;

  /** An episode that is over: what came, then what was decided. */
  episode(came: readonly HistoryEvent[], decided: readonly HistoryEvent[] = []): this {
    return this.open(...came, ...decided, historyEvent(this.#at, { EventType: EventType.OrchestratorCompleted }));
  }

  /** The episode being played. */
  open(...came: readonly HistoryEvent[]): this {
    this.#at += 1_000;
    this.events.push(historyEvent(this.#at, { EventType: EventType.OrchestratorStarted }), ...came);
    return this;
  }

  get now(): number {
    return this.#at;
  }
}

const started = historyEvent(start, {
  EventType: EventType.ExecutionStarted,
  Name: 'o',
  Version: null,
  Input: null,
  OrchestrationInstance: { InstanceId: 'i', ExecutionId: 'x' },
  ParentInstance: null,
});
const scheduled = (id: number, name = 'A') =>
  historyEvent(start, { EventType: EventType.TaskScheduled, EventId: id, Name: name, Version: '', Input: null });
const timerMade = (id: number) => historyEvent(start, { EventType: EventType.TimerCreated, EventId: id, FireAt: '' });
const sent = (id: number, requestId: string) =>
  historyEvent(start, {
    EventType: EventType.EventSent,
    EventId: id,
    InstanceId: '@e@k',
    Name: 'op',
    Input: JSON.stringify({ id: requestId }),
  });
const done = (id: number, result: unknown = null) =>
  historyEvent(start, { EventType: EventType.TaskCompleted, TaskScheduledId: id, Result: JSON.stringify(result) });
const failed = (id: number) =>
  historyEvent(start, {
    EventType: EventType.TaskFailed,
    TaskScheduledId: id,
    Reason: 'r',
    Details: 'd',
    FailureDetails: null,
  });
const fired = (id: number) => historyEvent(start, { EventType: EventType.TimerFired, TimerId: id, FireAt: '' });
const raised = (name: string) => historyEvent(start, { EventType: EventType.EventRaised, Name: name, Input: null });

const call = (functionName = 'A'): Action => ({ actionType: ActionType.CallActivity, functionName });
const retry = (maxNumberOfAttempts: number, functionName = 'A'): Action => ({
  actionType: ActionType.CallActivityWithRetry,
  functionName,
  retryOptions: { firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts, backoffCoefficient: 3 },
});
const waitFor = (externalEventName: string): Action => ({
  actionType: ActionType.WaitForExternalEvent,
  externalEventName,
});
const any = (...compoundActions: Action[]): Action => ({ actionType: ActionType.WhenAny, compoundActions });
const all = (...compoundActions: Action[]): Action => ({ actionType: ActionType.WhenAll, compoundActions });
const timer = (isCanceled = false): Action => ({
  actionType: ActionType.CreateTimer,
  fireAt: new Date(start + 60_000),
  isCanceled,
});
const http = (): Action => ({
  actionType: ActionType.CallHttp,
  httpRequest: {
    method: 'POST',
    uri: 'http://a/',
    content: 'c',
    headers: { 'x-functions-key': 'k', h: '1' },
    asynchronousPatternEnabled: true,
  },
});

const decided = (history: History, ...actions: Action[]) =>
  decodeActions(history.events, actions, options).decisions.map(({ id, kind }) => `${id} ${kind}`);

describe('numbers', () => {
  it('are given depth first, in the order of the list, one per task', () => {
    expect(
      decided(new History().open(started), all(call(), any(waitFor('e'), timer()), retry(2)), call('later')),
    ).toEqual(['0 activity', '1 timer', '2 activity', '3 activity']);
  });

  it('are given once to a task that is mentioned twice', () => {
    const slow = call('slow');
    const history = new History().episode([started], [scheduled(0, 'slow'), scheduled(1)]).open(done(1));
    expect(decided(history, any(slow, call()), any(slow, call()))).toEqual(['2 activity']);
  });

  it('are given to both of two tasks that only look alike', () => {
    expect(decided(new History().open(started), any(call(), call()))).toEqual(['0 activity', '1 activity']);
  });

  it('are taken by a retry at the moment of the failure, before what user code does next', () => {
    const history = new History()
      .episode([started], [scheduled(0), scheduled(1, 'B')])
      .episode([failed(0)], [timerMade(2)])
      .open(done(1));
    expect(decided(history, any(retry(3), call('B')), call('C'))).toEqual(['3 activity']);
  });

  it('are those of a further attempt, not of the same activity called afterwards', () => {
    // b ended first, so user code awaits the retried task it had scheduled before; then calls the same activity again.
    const history = new History()
      .episode([started], [scheduled(0), scheduled(1, 'B')])
      .episode([done(1)])
      .episode([failed(0)], [timerMade(2)])
      .episode([fired(2)], [scheduled(3)])
      .open(done(3));
    const decoded = decodeActions(history.events, [any(retry(3), call('B')), call()], options);
    expect(decoded.decisions).toEqual([{ id: 4, kind: 'activity', name: 'A', input: null }]);
    expect(decoded.openTasks).toBe(1);
  });

  it('are one per entity when locks are given back', () => {
    const lock: Action = {
      actionType: ActionType.LockEntities,
      lockSet: [
        { name: 'E', key: 'a' },
        { name: 'e', key: 'B' },
      ],
    };
    const history = new History().episode([started], [sent(0, 'request')]).open(raised('request'));
    expect(
      decodeActions(history.events, [lock, { actionType: ActionType.ReleaseEntities }, call()], options).decisions,
    ).toEqual([
      { id: 1, kind: 'release', target: '@e@a', lockId: 0 },
      { id: 2, kind: 'release', target: '@e@B', lockId: 0 },
      { id: 3, kind: 'activity', name: 'A', input: null },
    ]);
  });
});

describe('a batch of events', () => {
  it('is split before one that takes a number by itself, unless it is the first', () => {
    const history = new History()
      .episode([started], [scheduled(0), scheduled(1, 'B'), scheduled(2, 'C')])
      .open(done(1), failed(0), done(2));
    const actions = [any(retry(3), call('B'), call('C')), call('D')];
    expect(history.events[decodeActions(history.events, actions, options).splitBefore ?? -1]).toMatchObject({
      EventType: EventType.TaskFailed,
    });
    const first = new History().episode([started], [scheduled(0), scheduled(1, 'B')]).open(failed(0), done(1));
    expect(decodeActions(first.events, [any(retry(3), call('B'))], options)).toMatchObject({
      decisions: [{ id: 2, kind: 'timer' }],
    });
  });

  it('is not split for successes, however many', () => {
    const ids = Array.from({ length: 50 }, (_, index) => index);
    const history = new History()
      .episode(
        [started],
        ids.map((id) => scheduled(id)),
      )
      .open(...ids.map((id) => done(id)));
    const decoded = decodeActions(history.events, [all(...ids.map(() => retry(3))), call('B')], options);
    expect(decoded.splitBefore).toBeUndefined();
    expect(decoded.decisions).toMatchObject([{ id: 50, name: 'B' }]);
  });
});

describe('a retry', () => {
  it('waits longer each time and is done with one more timer, due at once', () => {
    const history = new History().episode([started], [scheduled(0)]).open(failed(0));
    expect(decodeActions(history.events, [retry(3)], options).decisions).toEqual([
      { id: 1, kind: 'timer', fireAt: history.now + 100, isCanceled: false },
    ]);
    const later = new History()
      .episode([started], [scheduled(0)])
      .episode([failed(0)], [timerMade(1)])
      .episode([fired(1)], [scheduled(2)])
      .open(failed(2));
    expect(decodeActions(later.events, [retry(3)], options).decisions).toEqual([
      { id: 3, kind: 'timer', fireAt: later.now + 300, isCanceled: false },
    ]);
    expect(decodeActions(later.events, [retry(2)], options).decisions).toEqual([
      { id: 3, kind: 'timer', fireAt: later.now, isCanceled: false },
    ]);
  });
});

describe('an HTTP call', () => {
  const accepted = (headers: object) => done(0, { statusCode: 202, headers });
  const first = () => new History().episode([started], [scheduled(0, 'BuiltIn::HttpActivity')]);

  it('that was accepted waits and asks where it was told to, without the key', () => {
    const history = first().open(accepted({ Location: 'http://a/status', 'Retry-After': '7' }));
    const action = http();
    const decoded = decodeActions(history.events, [action], options);
    expect(decoded.decisions).toEqual([{ id: 1, kind: 'timer', fireAt: history.now + 7_000, isCanceled: false }]);
    expect(decoded.nextId).toBe(3); // the next request has its number already
    history.episode([], []).open(fired(1));
    const recorded = first()
      .episode([accepted({ Location: 'http://a/status', 'Retry-After': '7' })], [timerMade(1)])
      .open(fired(1));
    const [poll] = decodeActions(recorded.events, [action], options).decisions;
    expect(poll).toMatchObject({ id: 2, kind: 'activity', name: 'BuiltIn::HttpActivity' });
    expect(JSON.parse((poll && 'input' in poll && poll.input) || '')).toEqual({
      method: 'GET',
      uri: 'http://a/status',
      headers: { h: '1' },
      asynchronousPatternEnabled: true,
    });
  });

  it.each([
    ['no time at all', {}, 30_000],
    ['a date', { 'retry-after': new Date(start + 60_000).toUTCString() }, 60_000 - 2_000],
    ['nonsense', { 'retry-after': 'soon' }, 30_000],
    ['a date gone by', { 'retry-after': new Date(0).toUTCString() }, 0],
  ])('that was accepted with %s is asked after a sensible while', (_, headers, wait) => {
    const history = first().open(accepted({ location: 'http://a/status', ...headers }));
    expect(decodeActions(history.events, [http()], options).decisions).toMatchObject([{ fireAt: history.now + wait }]);
  });

  it('that was answered is over', () => {
    const history = first().open(done(0, { statusCode: 200, headers: {} }));
    expect(decodeActions(history.events, [http(), call()], options).decisions).toMatchObject([
      { id: 1, kind: 'activity', name: 'A' },
    ]);
  });
});

describe('what keeps an instance from ending', () => {
  it('is every task begun and not ended, but no wait and no cancelled timer', () => {
    const history = new History().episode([started], [scheduled(0), timerMade(1), timerMade(2)]).open(raised('e'));
    const decoded = decodeActions(
      history.events,
      [any(call(), timer(true), timer(), waitFor('e'), waitFor('f'))],
      options,
    );
    expect(decoded.openTasks).toBe(2);
    expect(decoded.canceledTimers).toEqual([1]);
    expect(decoded.waitsFor).toEqual(['activity A', 'timer', 'event f']);
  });

  it('is not an entity that has yet to answer', () => {
    const history = new History().episode([started], [sent(0, 'request')]).open(raised('e'));
    expect(
      decodeActions(
        history.events,
        [{ actionType: ActionType.CallEntity, instanceId: '@e@k', operation: 'op' }],
        options,
      ).openTasks,
    ).toBe(0);
  });
});

describe('events', () => {
  it('are read by as many waits of their name as there are, first come first served', () => {
    const history = new History().open(started, raised('a'), raised('b'), raised('a'), raised('a'));
    const decoded = decodeActions(history.events, [waitFor('a'), waitFor('b'), waitFor('a')], options);
    expect(decoded.unread).toEqual([history.events[5]]);
  });
});

describe('a history the code does not agree with', () => {
  it('is found by the name, the kind and the lack of what was recorded', () => {
    const mismatches = (recorded: HistoryEvent[], ...actions: Action[]) =>
      decodeActions(new History().episode([started], recorded).open(raised('e')).events, actions, options).mismatches;
    expect(mismatches([scheduled(0, 'A')], call('B'))).toEqual([
      { id: 0, recorded: 'activity A', replayed: 'activity B' },
    ]);
    expect(mismatches([scheduled(0, 'A')], timer())).toEqual([{ id: 0, recorded: 'activity A', replayed: 'timer' }]);
    expect(mismatches([scheduled(0, 'A'), scheduled(1, 'B')], call('A'))).toEqual([
      { id: 1, recorded: 'activity B', replayed: undefined },
    ]);
    expect(mismatches([scheduled(0, 'A')], call('A'))).toEqual([]);
  });
});
