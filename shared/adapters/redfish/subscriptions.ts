import { AppError } from '../../kernel/errors/app-error.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import { EventDestination, EventService } from './contract.ts';
import type { Service } from './service.ts';

export interface Destination {
  url: string;
  /** Comes back with each event, and tells our subscription from others'. */
  context: string;
}

/** What older services want to hear named; newer ones refuse to. */
const types = ['Alert', 'StatusChange', 'ResourceAdded', 'ResourceRemoved', 'ResourceUpdated'];

/**
 * Afterwards there is one subscription of ours, to that address; older ones of ours are gone. Answers whether it had to
 * be made.
 */
export async function ensureSubscription(service: Service, to: Destination): Promise<boolean> {
  const { ours, collection, offered } = await readSubscriptions(service, to);
  const [kept, ...more] = ours.filter((each) => each.Destination === to.url);
  for (const each of [...more, ...ours.filter(({ Destination: url }) => url !== to.url)])
    await service.remove(each['@odata.id']);
  if (kept) return false;
  const body = { Destination: to.url, Context: to.context, Protocol: 'Redfish' };
  const named = { ...body, EventTypes: types.filter((type) => offered?.includes(type) ?? true) };
  const { quirks } = await service.places();
  const isNamedFirst = quirks.eventTypes === 'required' || (quirks.eventTypes === undefined && offered !== undefined);
  const [first, second] = isNamedFirst ? [named, body] : [body, named];
  try {
    await service.post(collection, first);
  } catch (error) {
    if (!isFailure(error, 'invalid')) throw error;
    await service.post(collection, second);
  }
  return true;
}

/** Only that to this address: another of ours is of who has taken over. */
export async function dropSubscription(service: Service, to: Destination): Promise<void> {
  const { ours } = await readSubscriptions(service, to);
  for (const each of ours) if (each.Destination === to.url) await service.remove(each['@odata.id']);
}

async function readSubscriptions(service: Service, { context }: Destination) {
  const { root } = await service.places();
  const events = await service.find(root.EventService, EventService);
  if (!events?.Subscriptions)
    throw new AppError({
      code: 'redfish.events-missing',
      kind: 'conflict',
      publicMessage:
        'This management controller takes no subscriptions to its events any more. Its state is polled instead.',
    });
  const all = (await service.members(events.Subscriptions, EventDestination)) ?? [];
  return {
    ours: all.filter((each) => each.Context === context),
    collection: events.Subscriptions['@odata.id'],
    offered: events.EventTypesForSubscription,
  };
}
