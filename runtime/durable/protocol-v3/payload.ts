import type { JsonText } from '../contract/engine.ts';
import type { HistoryEvent } from '../contract/history.ts';

/** A hundred years: the SDK splits longer timers into chains, and our stores have no such limit. */
const longestTimer = '36500.00:00:00';

export interface PayloadInput {
  instanceId: string;
  parentInstanceId: string | null;
  input: JsonText | null;
  history: readonly HistoryEvent[];
  isReplaying: boolean;
  httpPollMilliseconds: number;
}

/**
 * The orchestrationTrigger payload of the "orchestrator shim" protocol, schema 4 (number 3). The input is parsed
 * anew for every replay, because user code may change the object it was given.
 */
export function orchestrationPayload({
  history,
  input,
  instanceId,
  parentInstanceId,
  isReplaying,
  httpPollMilliseconds,
}: PayloadInput): object {
  const payload = {
    input: input === null ? null : (JSON.parse(input) as unknown),
    instanceId,
    isReplaying,
    parentInstanceId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: longestTimer,
    maximumShortTimerDuration: longestTimer,
    defaultHttpAsyncRequestSleepTimeMillseconds: httpPollMilliseconds, // the misspelling is the protocol's
  };
  // The SDK walks every enumerable value of the payload in search of timestamps to convert. Those of our events
  // are Dates already; hidden from the walk, a long history costs a third less.
  return Object.defineProperty(payload, 'history', {
    value: history.some(hasDetails) ? history.map(withOwnDetails) : history,
    enumerable: false,
  });
}

/** An error's properties reach user code as the object they are: it must not be the one history keeps. */
const hasDetails = (event: HistoryEvent): boolean => 'FailureDetails' in event && event.FailureDetails !== null;
const withOwnDetails = (event: HistoryEvent): HistoryEvent => (hasDetails(event) ? structuredClone(event) : event);

/** The entityTrigger payload for one batch of operations. */
export function entityPayload({
  name,
  key,
  state,
  batch,
}: {
  name: string;
  key: string;
  state: JsonText | null;
  batch: readonly { op: string; input?: JsonText; signal?: true }[];
}): object {
  return {
    self: { name, key },
    exists: state !== null,
    state,
    batch: batch.map(({ op, input, signal }) => ({ name: op, input: input ?? null, isSignal: signal === true })),
  };
}
