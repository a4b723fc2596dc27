import { z } from 'zod';
import type { Publisher } from './relay.ts';

const Notice = z.object({ channel: z.string(), payload: z.string() });

/** The bus in our own database: events appear on it in the very commit that takes them out of the outbox. */
export const embeddedBus: Publisher = {
  publish: async (tx, records) => {
    const notices = await tx.many(Notice, 'SELECT channel, payload FROM runtime.append($1)', [
      JSON.stringify(
        records.map(({ topic, key, event }) => ({
          topic,
          key,
          value: JSON.stringify(event),
          headers: [['content-type', 'application/cloudevents+json']],
        })),
      ),
    ]);
    for (const { channel, payload } of notices) tx.notify(channel, payload);
  },
};
