import { catalogue } from '../domain/catalogue.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { topicOf, typeOf, type AnyEventType } from '../events/event-type.ts';
import type { EventFilter } from '../events/log.db.ts';
import type { Action, Caller } from './caller.ts';

/** Rights come from the permission table: nobody reads in an event what no page would show them. */
type Read = AnyEventType & { audience: { staff: Action; tenant?: { may: Action } } };
const readable: readonly Read[] = catalogue;
const byTopic = new Map(readable.map((type) => [type.topic, type.audience]));

/**
 * Where a caller may read at all, for the log's query: all events of some types, those of others about their tenant
 * or in their datacenters. What it lets through is still judged event by event (`forReader`).
 */
export function readableBy(caller: Caller): NonNullable<EventFilter['readable']> {
  const types = (fits: (audience: Read['audience']) => boolean) =>
    readable.filter(({ audience }) => fits(audience)).map(({ topic }) => typeOf(topic));
  return {
    all: types(({ staff }) => caller.reach(staff).all),
    tenant: {
      id: caller.tenantId,
      types: types(({ tenant }) => tenant !== undefined && caller.reach(tenant.may).tenantId !== undefined),
    },
    datacenters: {
      ids: caller.datacenterIds,
      types: types(({ staff }) => caller.reach(staff).datacenterIds.length > 0),
    },
  };
}

/** What of an event this caller may read; undefined where that is nothing, or an older release knew the topic. */
export function forReader(caller: Caller, event: CloudEvent): CloudEvent | undefined {
  const audience = byTopic.get(topicOf(event.type));
  if (!audience) return undefined;
  const { all, datacenterIds } = caller.reach(audience.staff);
  if (all || (event.datacenterid !== undefined && datacenterIds.includes(event.datacenterid))) return event;
  const { tenant } = audience;
  if (!tenant || event.tenantid === undefined || caller.reach(tenant.may).tenantId !== event.tenantid) return undefined;
  if (Object.entries(tenant.only ?? {}).some(([field, value]) => event.data[field] !== value)) return undefined;
  const fields = tenant.fields.flatMap((field) => (field in event.data ? [[field, event.data[field]]] : []));
  return { ...event, data: Object.fromEntries(fields) };
}
