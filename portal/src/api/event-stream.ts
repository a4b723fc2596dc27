import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { blocksOf, readBlock } from './sse.ts';

/**
 * `live`: heard from within a heartbeat. `delayed`: the stream is down, pages are read again instead. `offline`:
 * nothing answers.
 */
export type LiveStatus = 'connecting' | 'live' | 'delayed' | 'offline';

export interface Listener {
  /** In order, each once. */
  onEvent(event: CloudEvent): void;
  onStatus(status: LiveStatus): void;
  /** A stream opened that cannot know what was missed before it. */
  onGap(): void;
}

// The server says something at least every 15 s.
const silenceMilliseconds = 35_000;
const retryMilliseconds = [1000, 2000, 4000, 8000] as const;

/**
 * Server-sent events, resumed after the last one seen, as an EventSource does it. An EventSource would hide three
 * things we need: heartbeats (a dead connection looks like a quiet one), the status of a refusal, and events whose
 * names we do not list beforehand. (WHATWG HTML, 9.2 Server-sent events)
 */
export function followEvents(url: string, { onEvent, onStatus, onGap }: Listener): () => void {
  const stopped = new AbortController();
  let lastEventId: string | undefined;
  let failures = 0;

  async function connect(): Promise<void> {
    while (!stopped.signal.aborted) {
      const answered = await listen();
      if (stopped.signal.aborted) return;
      failures += 1;
      onStatus(!answered && (failures > 2 || !navigator.onLine) ? 'offline' : 'delayed');
      await pause(retryMilliseconds[Math.min(failures, retryMilliseconds.length) - 1] ?? 8000);
    }
  }

  /** One connection, until it ends. Answers whether the server could be reached at all. */
  async function listen(): Promise<boolean> {
    const connection = new AbortController();
    const end = () => connection.abort();
    stopped.signal.addEventListener('abort', end);
    addEventListener('offline', end);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(end, silenceMilliseconds);
    };
    try {
      heard();
      const response = await fetch(url, {
        credentials: 'same-origin',
        cache: 'no-store',
        headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
        signal: connection.signal,
      });
      if (!response.ok || !response.body) return true;
      failures = 0;
      onStatus('live');
      if (lastEventId === undefined) onGap();
      for await (const block of blocksOf(response.body, heard)) take(block);
      return true;
    } catch {
      return false; // how it broke does not matter: it is opened again, and the status says that it is not live
    } finally {
      clearTimeout(silence);
      stopped.signal.removeEventListener('abort', end);
      removeEventListener('offline', end);
    }
  }

  function take(block: string): void {
    const { id, data } = readBlock(block);
    if (id !== undefined) lastEventId = id;
    if (data === undefined) return;
    const event: CloudEvent = JSON.parse(data);
    onEvent(event);
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        removeEventListener('online', wake);
        stopped.signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      addEventListener('online', wake);
      stopped.signal.addEventListener('abort', wake);
    });
  }

  onStatus('connecting');
  void connect();
  return () => stopped.abort();
}
