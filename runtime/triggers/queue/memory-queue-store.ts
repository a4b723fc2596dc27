import type { Time } from '../../core/time.ts';
import type { QueueMessage, QueueStore } from './queue-store.ts';

interface Stored extends QueueMessage {
  visibleAt: number;
  isTaken: boolean;
}

/** Queues of a host without a database; also readable, for tests. */
export interface MemoryQueueStore extends QueueStore {
  bodies(queue: string): string[];
}

export function createMemoryQueueStore(time: Time): MemoryQueueStore {
  const messages: Stored[] = [];
  const listeners = new Map<string, (() => void)[]>();
  let lastId = 0;
  const notify = (queue: string) => listeners.get(queue)?.forEach((each) => each());
  const mine = ({ id, dequeueCount }: QueueMessage) =>
    messages.find((kept) => kept.id === id && kept.isTaken && kept.dequeueCount === dequeueCount);

  return {
    send: async (queue, bodies) => {
      for (const body of bodies)
        messages.push({
          id: String(++lastId),
          queue,
          body,
          dequeueCount: 0,
          insertedAt: time.now(),
          visibleAt: time.now(),
          isTaken: false,
        });
      notify(queue);
    },
    receive: async (queue, most) => {
      const waiting = messages
        .filter((kept) => kept.queue === queue && !kept.isTaken)
        .sort((a, b) => a.visibleAt - b.visibleAt);
      const visible = waiting.filter(({ visibleAt }) => visibleAt <= time.now()).slice(0, most);
      for (const kept of visible) Object.assign(kept, { isTaken: true, dequeueCount: kept.dequeueCount + 1 });
      const [next] = waiting;
      return visible.length > 0 || !next
        ? { messages: visible.map((kept) => ({ ...kept })) }
        : { messages: [], nextVisibleIn: next.visibleAt - time.now() };
    },
    remove: async (message) => {
      const kept = mine(message);
      if (kept) messages.splice(messages.indexOf(kept), 1);
    },
    giveBack: async (message, visibleIn) => {
      const kept = mine(message);
      if (!kept) return;
      Object.assign(kept, { isTaken: false, visibleAt: time.now() + visibleIn });
      notify(kept.queue);
    },
    move: async (message, queue) => {
      const kept = mine(message);
      if (!kept) return;
      Object.assign(kept, { queue, isTaken: false, dequeueCount: 0, visibleAt: time.now() });
      notify(queue);
    },
    onArrival: (queue, arrival) => void listeners.set(queue, [...(listeners.get(queue) ?? []), arrival]),
    bodies: (queue) => messages.filter((kept) => kept.queue === queue).map(({ body }) => body),
  };
}
