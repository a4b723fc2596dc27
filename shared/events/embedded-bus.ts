import { appendToBus } from './outbox.db.ts';
import type { Publisher } from './relay.ts';

/** The bus in our own database: events appear on it in the very commit that takes them out of the outbox. */
export const embeddedBus: Publisher = {
  publish: async (tx, records) => {
    const notices = await appendToBus(
      tx,
      records.map(({ topic, key, event }) => ({
        topic,
        key,
        value: JSON.stringify(event),
        headers: [['content-type', 'application/cloudevents+json']],
      })),
    );
    for (const { channel, payload } of notices) tx.notify(channel, payload);
  },
};
