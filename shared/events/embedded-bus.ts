import type { Publisher } from './relay.ts';

/** The bus in our own database: events appear on it in the very commit that takes them out of the outbox. */
export const embeddedBus: Publisher = {
  publish: async (tx, records) =>
    void (await tx.run('SELECT runtime.publish($1)', [JSON.stringify(records.map(({ topic, key, event }) => ({ topic, key, value: JSON.stringify(event), headers: [['content-type', 'application/cloudevents+json']] })))])),
};
