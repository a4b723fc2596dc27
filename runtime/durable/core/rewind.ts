import {
  completedId,
  EventType,
  historyEvent,
  isCompletion,
  isScheduling,
  type HistoryEvent,
} from '../contract/history.ts';
import type { Outgoing } from '../contract/messages.ts';
import { decodeActions, type DecodeOptions } from '../protocol-v3/decode-actions.ts';
import type { Outcome } from '../protocol-v3/outcome.ts';

/**
 * Takes the failures out of a failed instance's history. What the orchestrator did *because* of them (retry
 * timers, later attempts, whatever a catch block scheduled) goes too: it is found by replaying and dropping what
 * the replay no longer asks for. A failed sub-orchestration is kept and rewound itself.
 */
export async function rewindHistory(
  history: readonly HistoryEvent[],
  replay: (history: readonly HistoryEvent[]) => Promise<Outcome>,
  options: DecodeOptions,
): Promise<{ history: HistoryEvent[]; outgoing: (at: number) => Outgoing[] }> {
  const failed = new Set(history.flatMap((event) => (isFailure(event) ? [event.TaskScheduledId] : [])));
  let kept = history.filter(
    (event) =>
      event.EventType !== EventType.ExecutionCompleted &&
      !isFailure(event) &&
      !(event.EventType === EventType.TaskScheduled && failed.has(event.EventId)),
  );
  for (;;) {
    const { actions } = await replay(kept);
    const lost = new Set(decodeActions(kept, actions, options).mismatches.map(({ id }) => id));
    if (lost.size === 0) break;
    kept = kept.filter(
      (event) =>
        !(isScheduling(event) && lost.has(event.EventId)) && !(isCompletion(event) && lost.has(completedId(event))),
    );
  }
  const children = kept.flatMap((event) =>
    event.EventType === EventType.SubOrchestrationInstanceCreated && failed.has(event.EventId)
      ? [event.InstanceId]
      : [],
  );
  return {
    history: kept,
    outgoing: (at) =>
      children.map((to) => ({
        to,
        executionId: null,
        toFinished: true,
        event: rewindRequest(at, 'The parent was rewound.'),
      })),
  };
}

export const rewindRequest = (at: number, reason: string | null) =>
  historyEvent(at, { EventType: EventType.GenericEvent, Data: 'rewind', Reason: reason });

const isFailure = (event: HistoryEvent) =>
  event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed;
