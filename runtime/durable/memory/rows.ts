import type { InstanceStatus } from '../contract/engine.ts';
import { reviveEvent, type HistoryEvent } from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import type { Message, MessageBody } from '../contract/messages.ts';

export interface StoredInstance {
  instance: Instance;
  owner: number | null;
  /** One JSON text per episode: what was stored cannot be changed through a reference. */
  episodes: string[];
  inbox: StoredMessage[];
}

export interface StoredMessage {
  rowId: string;
  executionId: string | null;
  visibleAt: number;
  isDeferred: boolean;
  body: string;
}

export const byArrival = (a: StoredMessage, b: StoredMessage): number =>
  a.visibleAt - b.visibleAt || Number(a.rowId) - Number(b.rowId);

export function readMessage({ rowId, executionId, body }: StoredMessage): Message {
  const { event, entity } = JSON.parse(body) as MessageBody;
  return { rowId, executionId, ...(event && { event: reviveEvent(event) }), ...(entity && { entity }) };
}

export const readEpisodes = (episodes: readonly string[]): HistoryEvent[] =>
  episodes.flatMap((text) => (JSON.parse(text) as HistoryEvent[]).map(reviveEvent));

export const statusOf = ({
  instanceId,
  name,
  status,
  input,
  output,
  customStatus,
  createdAt,
  updatedAt,
  parent,
}: Instance): InstanceStatus => ({
  instanceId,
  name,
  status,
  input,
  output,
  customStatus,
  createdAt,
  updatedAt,
  parentInstanceId: parent?.instanceId ?? null,
});
