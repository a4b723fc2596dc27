// How an episode leaves its instance: waiting, ended, or begun anew.
import type { JsonText } from '../contract/engine.ts';
import {
  EventType,
  historyEvent,
  type EventRaised,
  type FailureDetails,
  type HistoryEvent,
} from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import type { Outgoing } from '../contract/messages.ts';
import { storable } from '../contract/storable.ts';
import type { TurnResult } from '../contract/turn-result.ts';
import { heldLocks } from './locks.ts';

/** A turn that does nothing but what `parts` say. */
export function idle(instance: Instance, parts: Partial<TurnResult> = {}): TurnResult {
  return {
    after: instance,
    consumed: [],
    defersRest: false,
    events: [],
    replacesHistory: false,
    activities: [],
    children: [],
    outgoing: [],
    canceledTimers: [],
    waitsFor: [],
    ...parts,
  };
}

export interface Ending {
  status: 'Completed' | 'Failed' | 'Terminated';
  output: string | null;
  details?: string;
  failureDetails?: unknown;
  customStatus: JsonText | null;
  /** The episode up to here. */
  events: HistoryEvent[];
  at: number;
  nextId: number;
  outgoing?: readonly Outgoing[];
}

const statusNumber = { Completed: 1, Failed: 3, Terminated: 5 } as const;

export function end(instance: Instance, past: readonly HistoryEvent[], ending: Ending): TurnResult {
  const { status, customStatus, at, nextId, outgoing = [] } = ending;
  const output = ending.output === null ? null : storable(ending.output);
  const events = [
    ...ending.events,
    historyEvent(at, {
      EventType: EventType.ExecutionCompleted,
      EventId: nextId,
      OrchestrationStatus: statusNumber[status],
      Result: output,
    }),
    historyEvent(at, { EventType: EventType.OrchestratorCompleted }),
  ];
  return idle(instance, {
    events,
    after: { ...instance, status, output, customStatus, updatedAt: at },
    outgoing: [...outgoing, ...releases(instance, [...past, ...events]), ...toParent(instance, ending, output)],
  });
}

export interface Renewal {
  history: readonly HistoryEvent[];
  /** Of the generation that begins. */
  executionId: string;
  input: JsonText | null;
  customStatus: JsonText | null;
  at: number;
  /** Events for the next generation to read. */
  carried: readonly EventRaised[];
  outgoing: readonly Outgoing[];
}

export function continueAsNew(
  instance: Instance,
  { history, executionId, input, customStatus, at, carried, outgoing }: Renewal,
): TurnResult {
  return idle(instance, {
    after: { ...instance, executionId, input, status: 'Running', customStatus, updatedAt: at },
    replacesHistory: true,
    outgoing: [
      ...outgoing,
      ...releases(instance, history),
      // Due long ago, and so before everything else in the inbox: they were there first.
      ...carried.map((event, index) => ({ to: instance.instanceId, executionId: null, event, visibleAt: index })),
    ],
  });
}

/** The parent hears by message. If it has ended meanwhile, nobody does. */
function toParent(
  { parent }: Instance,
  { status, details = '', failureDetails, at }: Ending,
  output: string | null,
): Outgoing[] {
  if (!parent) return [];
  const event =
    status === 'Completed'
      ? historyEvent(at, {
          EventType: EventType.SubOrchestrationInstanceCompleted,
          TaskScheduledId: parent.taskId,
          Result: output,
        })
      : historyEvent(at, {
          EventType: EventType.SubOrchestrationInstanceFailed,
          TaskScheduledId: parent.taskId,
          Reason: output ?? status,
          Details: details,
          FailureDetails: (failureDetails ?? null) as FailureDetails | null,
        });
  return [{ to: parent.instanceId, executionId: parent.executionId, event }];
}

/** Nobody else can give back the locks of an orchestration that has ended. */
const releases = (instance: Instance, history: readonly HistoryEvent[]): Outgoing[] =>
  heldLocks(history).flatMap(({ requestId, entities }) =>
    entities.map((to) => ({
      to,
      executionId: null,
      entity: { release: true as const, parent: instance.instanceId, id: requestId },
    })),
  );

/** As JSON text; null where JSON has no word for it. */
export const jsonOf = (value: unknown): JsonText | null => JSON.stringify(value) ?? null;
