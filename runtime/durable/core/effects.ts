import type { Decision } from '../contract/decisions.ts';
import { EventType, historyEvent, type HistoryEvent } from '../contract/history.ts';
import { complaintAboutId, type Instance } from '../contract/instance.ts';
import type { EntityRelease, EntityRequest, Outgoing } from '../contract/messages.ts';
import type { ActivityCall, ChildStart } from '../contract/turn-result.ts';
import { lockRequest } from './locks.ts';

interface Circumstances {
  instance: Instance;
  /** Up to and with the messages of this episode. */
  history: readonly HistoryEvent[];
  at: number;
  newId: () => string;
  options: { defaultVersion: string | null };
}

export interface Effects {
  events: HistoryEvent[];
  activities: ActivityCall[];
  children: ChildStart[];
  outgoing: Outgoing[];
}

/** Records each decision and says what it sets in motion. */
export function decideEffects(decisions: readonly Decision[], circumstances: Circumstances): Effects {
  const effects: Effects = { events: [], activities: [], children: [], outgoing: [] };
  for (const decision of decisions) effect(decision, circumstances, effects);
  return effects;
}

function effect(
  decision: Decision,
  circumstances: Circumstances,
  { events, activities, children, outgoing }: Effects,
): void {
  const { instance, history, at, newId, options } = circumstances;
  const { instanceId, executionId } = instance;
  const toSelf = (event: HistoryEvent, visibleAt?: number) =>
    outgoing.push({ to: instanceId, executionId, event, ...(visibleAt !== undefined && { visibleAt }) });
  const send = (to: string, name: 'op' | 'release', entity: EntityRequest | EntityRelease) => {
    events.push(
      historyEvent(at, {
        EventType: EventType.EventSent,
        EventId: decision.id,
        InstanceId: to,
        Name: name,
        Input: JSON.stringify(entity),
      }),
    );
    outgoing.push({ to, executionId: null, entity });
  };
  const sender = { parent: instanceId, parentExecution: executionId };

  switch (decision.kind) {
    case 'activity': {
      const { id, name, input, failWith } = decision;
      // The input is kept in history: whoever takes the instance over must be able to run the activity again.
      events.push(
        historyEvent(at, { EventType: EventType.TaskScheduled, EventId: id, Name: name, Version: '', Input: input }),
      );
      if (failWith) toSelf(historyEvent(at, { EventType: EventType.TaskFailed, TaskScheduledId: id, ...failWith }));
      else activities.push({ taskId: id, name, input });
      break;
    }
    case 'timer': {
      const { id, fireAt, isCanceled } = decision;
      const FireAt = new Date(fireAt).toISOString();
      events.push(historyEvent(at, { EventType: EventType.TimerCreated, EventId: id, FireAt }));
      if (!isCanceled) toSelf(historyEvent(fireAt, { EventType: EventType.TimerFired, TimerId: id, FireAt }), fireAt);
      break;
    }
    case 'child': {
      const { id, name, input } = decision;
      const childId = decision.instanceId ?? `${executionId}:${id}`;
      events.push(
        historyEvent(at, {
          EventType: EventType.SubOrchestrationInstanceCreated,
          EventId: id,
          Name: name,
          Version: decision.version ?? '',
          InstanceId: childId,
          Input: input,
        }),
      );
      const complaint = complaintAboutId(childId);
      if (complaint)
        toSelf(
          historyEvent(at, {
            EventType: EventType.SubOrchestrationInstanceFailed,
            TaskScheduledId: id,
            Reason: `The sub-orchestration '${name}' cannot be called '${childId}': ${complaint}.`,
            Details: '',
            FailureDetails: null,
          }),
        );
      else
        children.push({
          instanceId: childId,
          executionId: newId(),
          name,
          version: decision.version ?? options.defaultVersion,
          input,
          parent: { name: instance.name, instanceId, executionId, taskId: id },
        });
      break;
    }
    case 'call-entity':
    case 'signal-entity': {
      const { target, operation, input, kind } = decision;
      send(target, 'op', {
        op: operation,
        id: newId(),
        ...sender,
        ...(kind === 'signal-entity' && { signal: true }),
        ...(input !== null && { input }),
      });
      break;
    }
    case 'lock': {
      const [first = ''] = decision.entities;
      send(first, 'op', { op: null, id: newId(), ...sender, lockset: decision.entities, pos: 0 });
      break;
    }
    case 'release': {
      const request = lockRequest([...history, ...events], decision.lockId);
      send(decision.target, 'release', { release: true, parent: instanceId, id: request?.id ?? '' });
    }
  }
}
