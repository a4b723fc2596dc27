import type { QueryClient } from '@tanstack/react-query';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { followEvents, type LiveStatus } from './event-stream.ts';
import { staleAfter, type KeyStart } from './stale-after.ts';
import { createStore } from './store.ts';

export const liveStatus = createStore<LiveStatus>('connecting');
/** The newest events first, as they come: for the page that shows the log. */
export const recentEvents = createStore<readonly CloudEvent[]>([]);

const keptEvents = 100;
// A saga's step makes several events at once: their pages are read again together.
const gatherMilliseconds = 150;
const pollMilliseconds = 10_000;

/** Keeps every page shown true while somebody is signed in. Answers how to stop. */
export function keepLive(queries: QueryClient): () => void {
  let stale: KeyStart[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;

  function refresh(): void {
    gathering = undefined;
    const keys = new Map(stale.map((key) => [key.join(' '), key]));
    stale = [];
    for (const queryKey of keys.values()) void queries.invalidateQueries({ queryKey });
  }

  const stop = followEvents('/api/v1/stream', {
    onEvent: (event) => {
      recentEvents.write([event, ...recentEvents.read()].slice(0, keptEvents));
      stale.push(...staleAfter(event));
      gathering ??= setTimeout(refresh, gatherMilliseconds);
    },
    onStatus: liveStatus.write,
    onGap: () => void queries.invalidateQueries(),
  });
  // Without the stream the pages shown are read again instead.
  const polling = setInterval(() => {
    if (liveStatus.read() !== 'live') void queries.invalidateQueries({ refetchType: 'active' });
  }, pollMilliseconds);

  return () => {
    stop();
    clearTimeout(gathering);
    clearInterval(polling);
    recentEvents.write([]);
  };
}
