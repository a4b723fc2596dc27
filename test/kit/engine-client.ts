import type { DurableClient } from '../../runtime/durable/contract/engine.ts';
import type { EngineClient } from '../../shared/saga/engine-client.ts';

/** An engine as sagas reach it, without a host between. */
export const engineClientOf = (client: DurableClient): EngineClient => ({
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
