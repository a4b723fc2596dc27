import { EventType, historyEvent, type SubOrchestrationFailed } from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import type { ChildStart } from '../contract/turn-result.ts';

/** A sub-orchestration as it begins. */
export const childInstance = (
  { instanceId, executionId, name, version, input, parent }: ChildStart,
  at: number,
): Instance => ({
  instanceId,
  executionId,
  name,
  version,
  status: 'Pending',
  input,
  output: null,
  customStatus: null,
  parent,
  createdAt: at,
  updatedAt: at,
  turn: 0,
  state: null,
  lock: null,
});

/** What the parent hears when its child cannot begin because its id is taken. */
export const refusedChild = ({ instanceId, name, parent }: ChildStart, at: number): SubOrchestrationFailed =>
  historyEvent(at, {
    EventType: EventType.SubOrchestrationInstanceFailed,
    TaskScheduledId: parent.taskId,
    Reason: `The sub-orchestration '${name}' cannot begin: an instance '${instanceId}' exists and has not ended.`,
    Details: '',
    FailureDetails: null,
  });
