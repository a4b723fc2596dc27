import type { DurableClient } from '../../runtime/durable/contract/engine.ts';
import type { DurableDoor } from '../../shared/saga/durable-door.ts';

/** An engine as sagas reach it, without a host between. */
export const doorTo = (client: DurableClient): DurableDoor => ({
  start: async (name, instanceId, input) =>
    void (await client.start({ name, instanceId, input: JSON.stringify(input) })),
  raise: async (instanceId, name) => void (await client.raiseEvent(instanceId, name, '{}')),
  status: async (instanceId) => {
    const found = await client.status(instanceId);
    return found && { status: found.status, words: found.output };
  },
  rewind: async (instanceId, reason) => {
    const delivery = await client.rewind(instanceId, reason);
    if (delivery !== 'accepted') throw new Error(`The engine says: ${delivery}.`);
  },
});
