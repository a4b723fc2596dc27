import type { QueueMessage } from './queue-store.ts';

/** Azure's word for a message that does not expire. */
const never = '9999-12-31T23:59:59+00:00';
/** For how long Azure hides a message at work; ours is hidden for as long as its replica lives. */
const shownHiddenFor = 600_000;

/**
 * What a queue function is told beside the message, as JSON texts by name. As on Azure the top-level properties
 * of a JSON message (arrays aside) take the place of the queue's own of the same name, whatever their case.
 */
export function queueMetadata(message: QueueMessage, text: string, now: number): Record<string, string> {
  const metadata = new Map<string, string>(
    Object.entries({
      QueueTrigger: JSON.stringify(text),
      DequeueCount: String(message.dequeueCount),
      ExpirationTime: JSON.stringify(never),
      Id: JSON.stringify(message.id),
      InsertionTime: JSON.stringify(isoWithOffset(message.insertedAt)),
      NextVisibleTime: JSON.stringify(isoWithOffset(now + shownHiddenFor)),
      PopReceipt: JSON.stringify(`${message.id}-${message.dequeueCount}`),
    }),
  );
  const names = new Map([...metadata.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(jsonObject(text))) {
    if (Array.isArray(value) || value === null) continue;
    metadata.set(names.get(name.toLowerCase()) ?? name, JSON.stringify(value));
  }
  return Object.fromEntries(metadata);
}

function jsonObject(text: string): object {
  if (!text.trimStart().startsWith('{')) return {};
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isoWithOffset = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;
