import { EventType, type HistoryEvent } from '../contract/history.ts';
import type { EntityMessage, EntityRequest } from '../contract/messages.ts';
import { isRelease } from '../contract/messages.ts';

/** Locks an orchestration asked for and has not given back, whether granted by now or not. */
export function heldLocks(history: readonly HistoryEvent[]): { requestId: string; entities: readonly string[] }[] {
  const held = new Map<string, readonly string[]>();
  for (const event of history) {
    if (event.EventType !== EventType.EventSent) continue;
    const message = JSON.parse(event.Input) as EntityMessage;
    if (isRelease(message)) held.delete(message.id);
    else if (message.lockset) held.set(message.id, message.lockset);
  }
  return [...held].map(([requestId, entities]) => ({ requestId, entities }));
}

/** The request with which this orchestration took the lock of that number. */
export function lockRequest(history: readonly HistoryEvent[], lockId: number): EntityRequest | undefined {
  const sent = history.find((event) => event.EventType === EventType.EventSent && event.EventId === lockId);
  return sent?.EventType === EventType.EventSent ? (JSON.parse(sent.Input) as EntityRequest) : undefined;
}
