import type { Caller } from '../http/caller.ts';
import { typeOf } from './catalog.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { EventFilter } from './log.ts';

/** What a tenant may know of its own orders and servers. */
const forTenants = ['orders.created', 'orders.shipped', 'orders.fulfilled', 'orders.cancelled', 'orders.failed', 'tenant.server_delivered', 'assets.assigned', 'assets.in_service', 'assets.maintenance', 'assets.decommission_proposed', 'assets.sanitizing', 'approvals.requested', 'approvals.decided'].map(typeOf);
const tenantFields = ['orderId', 'serverId', 'tenantId', 'datacenterId', 'from', 'to', 'carrier', 'trackingNumber', 'estimatedArrival', 'servers', 'because', 'approvalId', 'kind', 'decision', 'summary', 'dueAt'];

/** Which events a caller may read at all. */
export function readable(caller: Caller): Pick<EventFilter, 'tenantId' | 'datacenterIds' | 'types'> {
  if (caller.scope('event:read') === 'all') return {};
  if (caller.tenantId !== undefined) return { tenantId: caller.tenantId, types: forTenants };
  return { datacenterIds: caller.datacenterIds };
}

/** The same decision for one event that is just being passed on. */
export function mayRead(caller: Caller, event: CloudEvent): boolean {
  const { tenantId, datacenterIds, types } = readable(caller);
  return caller.scope('event:read') !== 'none'
    && (tenantId === undefined || event.tenantid === tenantId)
    && (datacenterIds === undefined || (event.datacenterid !== undefined && datacenterIds.includes(event.datacenterid)))
    && (types === undefined || types.includes(event.type));
}

/** What of an event a caller gets to see. */
export const forReader = (caller: Caller, event: CloudEvent): CloudEvent =>
  caller.tenantId === undefined ? event : { ...event, data: Object.fromEntries(Object.entries(event.data).filter(([field]) => tenantFields.includes(field))) };
