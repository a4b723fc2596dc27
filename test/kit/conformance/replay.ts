import type { DurableApp, DurableClient } from '../../../runtime/durable/contract/engine.ts';
import {
  EventType,
  isScheduling,
  reviveEvent,
  type HistoryEvent,
  type Scheduling,
} from '../../../runtime/durable/contract/history.ts';
import type { Instance } from '../../../runtime/durable/contract/instance.ts';
import { decideEffects } from '../../../runtime/durable/core/effects.ts';
import { decodeActions } from '../../../runtime/durable/protocol-v3/decode-actions.ts';
import { readOutcome } from '../../../runtime/durable/protocol-v3/outcome.ts';
import { orchestrationPayload } from '../../../runtime/durable/protocol-v3/payload.ts';

/** What an instance went through, as JSON keeps it: enough to play it again with later code. */
export interface RecordedHistory {
  name: string;
  instanceId: string;
  parentInstanceId: string | null;
  input: string | null;
  history: readonly HistoryEvent[];
}

/** Stack traces are left out: they speak of one machine. */
export async function recordHistory(client: DurableClient, instanceId: string): Promise<RecordedHistory> {
  const status = await client.status(instanceId);
  if (!status) throw new Error(`There is no instance '${instanceId}' to record.`);
  const { name, parentInstanceId, input } = status;
  const history = (await client.history(instanceId)).map((event) =>
    'Details' in event ? { ...event, Details: '' } : event,
  );
  return { name, instanceId, parentInstanceId, input, history };
}

/**
 * Plays a recorded history again, from every prefix that ends before an episode's decisions, and throws where
 * today's code decides otherwise than the history says. Histories of rewound instances cannot be played so.
 */
export async function replayHistory(
  app: DurableApp,
  recorded: RecordedHistory,
  { httpPollMilliseconds = 30_000 } = {},
): Promise<void> {
  const history = recorded.history.map(reviveEvent);
  const started = history.find((event) => event.EventType === EventType.ExecutionStarted);
  const executionId =
    started?.EventType === EventType.ExecutionStarted ? started.OrchestrationInstance.ExecutionId : '';
  for (const { past, messages, decided } of episodesOf(history)) {
    if (!messages.some(({ EventType: type }) => type !== EventType.OrchestratorStarted)) continue;
    const upToHere = [...past, ...messages];
    const payload = orchestrationPayload({
      ...recorded,
      history: upToHere,
      isReplaying: past.length > 0,
      httpPollMilliseconds,
    });
    const { actions } = readOutcome(await app.runOrchestrator(recorded.name, payload));
    const step = decodeActions(upToHere, actions, { httpPollMilliseconds });
    const instance = { instanceId: recorded.instanceId, executionId, name: recorded.name } as Instance;
    const at = messages[0]?.Timestamp.getTime() ?? 0;
    const { events } = decideEffects(step.decisions, {
      instance,
      history: upToHere,
      at,
      newId: () => 'any',
      options: { defaultVersion: null },
    });
    const [now, then] = [events.filter(isScheduling).map(gist), decided.map(gist)];
    if (step.mismatches.length > 0 || now.join('\n') !== then.join('\n')) {
      const mismatch = step.mismatches.map(
        ({ id, recorded: was, replayed }) => `number ${id} was '${was}', now it is '${replayed ?? 'never reached'}'`,
      );
      throw new Error(
        `'${recorded.name}' no longer does what instance '${recorded.instanceId}' did, from event ` +
          `${past.length} on.\n  then: ${then.join('; ') || 'nothing'}\n  now:  ` +
          `${now.join('; ') || 'nothing'}\n  ${mismatch.join('\n  ')}`,
      );
    }
  }
}

interface EpisodeOf {
  past: HistoryEvent[];
  messages: HistoryEvent[];
  decided: Scheduling[];
}

function episodesOf(history: readonly HistoryEvent[]): EpisodeOf[] {
  const starts = history.flatMap((event, index) => (event.EventType === EventType.OrchestratorStarted ? [index] : []));
  return starts.map((start, number) => {
    const events = history.slice(start, starts[number + 1]);
    const firstDecision = events.findIndex(
      (event) =>
        isScheduling(event) ||
        event.EventType === EventType.ExecutionCompleted ||
        event.EventType === EventType.OrchestratorCompleted,
    );
    return {
      past: history.slice(0, start),
      messages: events.slice(0, firstDecision),
      decided: events.filter(isScheduling),
    };
  });
}

/** What must stay the same; ids the host makes up are left out. */
function gist(event: Scheduling): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `#${event.EventId} activity ${event.Name} ${event.Input ?? ''}`;
    case EventType.SubOrchestrationInstanceCreated:
      return `#${event.EventId} sub-orchestration ${event.Name} ${event.InstanceId} ${event.Input ?? ''}`;
    case EventType.TimerCreated:
      return `#${event.EventId} timer ${event.FireAt}`;
    case EventType.EventSent:
      return `#${event.EventId} ${event.Name} to ${event.InstanceId}`;
  }
}
