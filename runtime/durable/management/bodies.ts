import type { EntityStatus, InstanceStatus, JsonText } from '../contract/engine.ts';
import { completedId, EventType, isCompletion, isScheduling, type HistoryEvent } from '../contract/history.ts';

const seconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
const parsed = (text: JsonText | null): unknown => (text === null ? null : JSON.parse(text));

/** An instance as the management API shows it. Input and output are never missing: the SDK's client demands them. */
export function statusBody(status: InstanceStatus, { showInput }: { showInput: boolean }): Record<string, unknown> {
  return {
    name: status.name,
    instanceId: status.instanceId,
    runtimeStatus: status.status,
    input: showInput ? parsed(status.input) : null,
    customStatus: parsed(status.customStatus),
    output: status.status === 'Completed' ? parsed(status.output) : status.output, // of others it is a sentence
    createdTime: seconds(status.createdAt),
    lastUpdatedTime: seconds(status.updatedAt),
  };
}

const nameOf = new Map<number, string>(Object.entries(EventType).map(([name, number]) => [number, name]));
const folded: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
]);

/** History for people: names instead of numbers, and what was scheduled folded into what came of it. */
export function historyBody(
  history: readonly HistoryEvent[],
  { showOutput }: { showOutput: boolean },
): Record<string, unknown>[] {
  const scheduled = new Map(history.filter(isScheduling).map((event) => [event.EventId, event]));
  return history
    .filter(({ EventType: type }) => !folded.has(type))
    .map((event) => {
      const beginning = isCompletion(event) ? scheduled.get(completedId(event)) : undefined;
      return {
        EventType: nameOf.get(event.EventType),
        Timestamp: event.Timestamp,
        ...(beginning && { ScheduledTime: beginning.Timestamp }),
        ...(beginning && 'Name' in beginning && { FunctionName: beginning.Name }),
        ...(event.EventType === EventType.ExecutionStarted && { FunctionName: event.Name }),
        ...(event.EventType === EventType.EventRaised && { Name: event.Name }),
        ...('FireAt' in event && { FireAt: event.FireAt }),
        ...('Reason' in event && { Reason: event.Reason }),
        ...('Details' in event && { Details: event.Details }),
        ...(showOutput && 'Result' in event && { Result: outputOf(event.Result) }),
        ...(showOutput && event.EventType === EventType.EventRaised && { Input: outputOf(event.Input) }),
      };
    });
}

/** JSON where it is, else the sentence it is. */
function outputOf(text: string | null): unknown {
  try {
    return parsed(text);
  } catch {
    return text;
  }
}

export const entityBody = (
  { name, key, state }: EntityStatus,
  { showState }: { showState: boolean },
): Record<string, unknown> => ({
  entityId: { name, key },
  lastOperationTime: null,
  ...(showState && { state: parsed(state) }),
});
