import type { DurableApp } from '../contract/engine.ts';
import {
  completedId,
  EventType,
  historyEvent,
  isCompletion,
  isScheduling,
  type EventRaised,
  type HistoryEvent,
} from '../contract/history.ts';
import { isFinished, type Instance } from '../contract/instance.ts';
import type { Message } from '../contract/messages.ts';
import type { TurnResult } from '../contract/turn-result.ts';
import { decodeActions, type DecodedActions } from '../protocol-v3/decode-actions.ts';
import { readOutcome, type Outcome } from '../protocol-v3/outcome.ts';
import { orchestrationPayload } from '../protocol-v3/payload.ts';
// One episode of an orchestration: new messages in, new history and decisions out. No clock, no I/O, no state of
// its own; running the same turn twice gives the same result, except for the ids `newId` makes.
import { decideEffects } from './effects.ts';
import { continueAsNew, end, idle, jsonOf } from './endings.ts';
import { rewindHistory } from './rewind.ts';

export interface TurnInput {
  instance: Instance;
  history: readonly HistoryEvent[];
  /** The inbox, oldest first. */
  messages: readonly Message[];
  app: DurableApp;
  /** Milliseconds since 1970. */
  now: number;
  newId: () => string;
  options: TurnOptions;
}

export interface TurnOptions {
  /** How long callHttp waits before polling a 202 that does not say. */
  httpPollMilliseconds: number;
  /** The version of instances that are started without one. */
  defaultVersion: string | null;
}

export async function runTurn(input: TurnInput): Promise<TurnResult> {
  const { instance, history, messages, now } = input;
  const current = messages.filter(({ executionId }) => executionId === null || executionId === instance.executionId);
  const isRewind = current.some(({ event }) => event?.EventType === EventType.GenericEvent) && hasFailed(history);
  if (isFinished(instance.status) && !isRewind) return idle(instance, { consumed: [...messages] });

  const termination = current.find(({ event }) => event?.EventType === EventType.ExecutionTerminated)?.event;
  if (termination?.EventType === EventType.ExecutionTerminated) {
    const at = momentOf(history, [], now);
    const events = [...openingOf(instance, history, at), termination];
    return {
      ...end(instance, history, {
        status: 'Terminated',
        output: termination.Input,
        customStatus: instance.customStatus,
        events,
        at,
        nextId: nextIdAfter(history),
      }),
      consumed: [...messages],
    };
  }

  const isSuspended = isSuspendedAfter(instance, current);
  const left = isSuspended ? current.filter(({ event }) => event && !isControl(event)) : [];
  const consumed = messages.filter((message) => !left.includes(message));
  const arrived = withoutRepeats(
    history,
    current.filter((message) => !left.includes(message)).flatMap(({ event }) => event ?? []),
  );
  const at = momentOf(history, arrived, now);
  if (isSuspended) {
    const events =
      arrived.length > 0
        ? [
            historyEvent(at, { EventType: EventType.OrchestratorStarted }),
            ...arrived,
            historyEvent(at, { EventType: EventType.OrchestratorCompleted }),
          ]
        : [];
    return idle(instance, {
      consumed,
      defersRest: true,
      events,
      after: { ...instance, status: 'Suspended', updatedAt: at },
    });
  }
  const opening = openingOf(instance, history, at);
  if (arrived.length === 0 && opening.length === 1) return idle(instance, { consumed });

  const rewound = isRewind ? await rewindHistory(history, (events) => replay(input, events), input.options) : undefined;
  const past = rewound?.history ?? history;
  const { result, played } = await playAndConclude(input, past, [...opening, ...arrived], at);
  const postponed = new Set(arrived.slice(played - opening.length));
  return {
    ...result,
    consumed: consumed.filter(({ event }) => !event || !postponed.has(event)),
    ...(rewound && { outgoing: [...rewound.outgoing(at), ...result.outgoing], replacesHistory: true }),
    ...(rewound && !result.replacesHistory && { events: [...past, ...result.events] }),
  };
}

async function playAndConclude(
  input: TurnInput,
  past: readonly HistoryEvent[],
  offered: HistoryEvent[],
  at: number,
): Promise<{ result: TurnResult; played: number }> {
  try {
    const episode = await play(input, past, offered);
    return { result: await conclude(input, past, episode, at), played: episode.events.length };
  } catch (error) {
    // The SDK's failures are outcomes; what throws here is a value that cannot be written as JSON.
    const output =
      `Orchestrator function '${input.instance.name}' failed: ` +
      `${error instanceof Error ? error.message : String(error)}`;
    return {
      result: end(input.instance, past, {
        status: 'Failed',
        output,
        customStatus: input.instance.customStatus,
        events: offered,
        at,
        nextId: nextIdAfter(past),
      }),
      played: offered.length,
    };
  }
}

interface Episode {
  /**
   * OrchestratorStarted and the messages that were played: fewer than offered if the rest needs an episode of its own.
   */
  events: HistoryEvent[];
  outcome: Outcome;
  decoded: DecodedActions;
}

async function play(input: TurnInput, past: readonly HistoryEvent[], offered: HistoryEvent[]): Promise<Episode> {
  for (let events = offered; ;) {
    const all = [...past, ...events];
    const outcome = await replay(input, all);
    const decoded = decodeActions(all, outcome.actions, input.options);
    if (decoded.splitBefore === undefined) return { events, outcome, decoded };
    events = events.slice(0, decoded.splitBefore - past.length);
  }
}

async function replay({ app, instance, options }: TurnInput, history: readonly HistoryEvent[]): Promise<Outcome> {
  const payload = orchestrationPayload({
    instanceId: instance.instanceId,
    parentInstanceId: instance.parent?.instanceId ?? null,
    input: instance.input,
    history,
    isReplaying: history.some(({ EventType: type }) => type === EventType.OrchestratorCompleted),
    httpPollMilliseconds: options.httpPollMilliseconds,
  });
  return readOutcome(await app.runOrchestrator(instance.name, payload));
}

/** Turns an episode's outcome into what is to be recorded and done. */
async function conclude(
  input: TurnInput,
  past: readonly HistoryEvent[],
  { events, outcome, decoded }: Episode,
  at: number,
): Promise<TurnResult> {
  const { instance } = input;
  const { nextId } = decoded;
  const customStatus = jsonOf(outcome.customStatus);
  const [mismatch] = decoded.mismatches;
  if (mismatch) {
    const output =
      `Non-Deterministic workflow detected: history recorded '${mismatch.recorded}' as number ` +
      `${mismatch.id}, but the replay ` +
      `${mismatch.replayed ? `asks for '${mismatch.replayed}' there` : 'did not get to it'}. Was the code of ` +
      `'${instance.name}' changed while this instance was running?`;
    return end(instance, past, { status: 'Failed', output, customStatus, events, at, nextId });
  }
  const effects = decideEffects(decoded.decisions, { ...input, history: [...past, ...events], at });
  const { outgoing } = effects;
  const recorded = [...events, ...effects.events];
  const hasEnded = outcome.isDone || outcome.error !== undefined;
  if (!hasEnded || decoded.openTasks > 0) {
    const after = { ...instance, status: 'Running' as const, output: null, customStatus, updatedAt: at };
    return idle(instance, {
      ...effects,
      events: [...recorded, historyEvent(at, { EventType: EventType.OrchestratorCompleted })],
      after,
      canceledTimers: decoded.canceledTimers,
      waitsFor: decoded.waitsFor,
    });
  }
  if (outcome.error) {
    const { message, stack, failureDetails } = outcome.error;
    const output = `Orchestrator function '${instance.name}' failed: ${message}`;
    return end(instance, past, {
      status: 'Failed',
      output,
      details: `Message: ${message}, StackTrace: ${stack}`,
      failureDetails,
      customStatus,
      events: recorded,
      at,
      nextId,
      outgoing,
    });
  }
  if (decoded.continueAsNew) {
    const carried = await unreadEvents(input, [...past, ...events], decoded);
    return continueAsNew(instance, {
      history: [...past, ...recorded],
      executionId: input.newId(),
      input: jsonOf(decoded.continueAsNew.input),
      customStatus,
      at,
      carried,
      outgoing,
    });
  }
  return end(instance, past, {
    status: 'Completed',
    output: jsonOf(outcome.output),
    customStatus,
    events: recorded,
    at,
    nextId,
    outgoing,
  });
}

/**
 * The events nobody has read when an orchestration continues as new: those that no wait took, and those that came
 * after the point where it asked to, which the SDK has not looked at.
 */
async function unreadEvents(
  input: TurnInput,
  events: HistoryEvent[],
  { unread }: DecodedActions,
): Promise<EventRaised[]> {
  if (!events.some(isRaised)) return unread;
  const seen = await eventsUntilDone(input, events);
  const { actions } = await replay(input, events.slice(0, seen));
  return [
    ...decodeActions(events.slice(0, seen), actions, input.options).unread,
    ...events.slice(seen).filter(isRaised),
  ];
}

/** The fewest events with which the orchestrator ends; it does with all of them. Found by replaying less. */
async function eventsUntilDone(input: TurnInput, events: HistoryEvent[]): Promise<number> {
  let tooFew = 1;
  let enough = events.length;
  for (let probe = enough - 1; enough - tooFew > 1; probe = Math.floor((tooFew + enough) / 2)) {
    const { isDone } = await replay(input, events.slice(0, probe));
    if (isDone) enough = probe;
    else tooFew = probe;
  }
  return enough;
}

const isRaised = (event: HistoryEvent): event is EventRaised => event.EventType === EventType.EventRaised;

/** An episode begins with the moment; the first one that is played also with the start itself. */
function openingOf(
  { instanceId, executionId, name, version, input, parent }: Instance,
  history: readonly HistoryEvent[],
  at: number,
): HistoryEvent[] {
  const opening = historyEvent(at, { EventType: EventType.OrchestratorStarted });
  if (history.some(({ EventType: type }) => type === EventType.ExecutionStarted)) return [opening];
  return [
    opening,
    historyEvent(at, {
      EventType: EventType.ExecutionStarted,
      Name: name,
      Version: version,
      Input: input,
      OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
      ParentInstance: parent && {
        Name: parent.name,
        OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
        TaskScheduleId: parent.taskId,
      },
    }),
  ];
}

const isControl = ({ EventType: type }: HistoryEvent): boolean =>
  type === EventType.ExecutionSuspended || type === EventType.ExecutionResumed;

function isSuspendedAfter({ status }: Instance, messages: readonly Message[]): boolean {
  const last = messages.findLast(({ event }) => event && isControl(event))?.event;
  return last ? last.EventType === EventType.ExecutionSuspended : status === 'Suspended';
}

const hasFailed = (history: readonly HistoryEvent[]): boolean =>
  history.some((event) => event.EventType === EventType.ExecutionCompleted && event.OrchestrationStatus === 3);

/** What is delivered at least once is played once: an end without a beginning, or a second one, is dropped. */
function withoutRepeats(history: readonly HistoryEvent[], arrived: readonly HistoryEvent[]): HistoryEvent[] {
  if (!arrived.some(isCompletion)) return [...arrived];
  const open = new Set<number>();
  for (const event of history) {
    if (isScheduling(event)) open.add(event.EventId);
    else if (isCompletion(event)) open.delete(completedId(event));
  }
  return arrived.filter((event) => !isCompletion(event) || open.delete(completedId(event)));
}

/** The orchestrator's clock: never back, and never before a timer that fired. */
function momentOf(history: readonly HistoryEvent[], arrived: readonly HistoryEvent[], now: number): number {
  const last =
    history.findLast(({ EventType: type }) => type === EventType.OrchestratorStarted)?.Timestamp.getTime() ?? 0;
  return Math.max(
    now,
    last,
    ...arrived.map((event) => (event.EventType === EventType.TimerFired ? Date.parse(event.FireAt) : 0)),
  );
}

const nextIdAfter = (history: readonly HistoryEvent[]): number =>
  history.reduce((next, { EventId }) => Math.max(next, EventId + 1), 0);
