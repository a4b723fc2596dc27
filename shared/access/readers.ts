import { topicOf, topics, typeOf, type EventData, type Topic } from '../domain/catalog.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventFilter } from '../events/log.ts';
import { states, type State } from '../lifecycle/states.ts';
import type { Action, Caller } from './caller.ts';

/** Who reads a topic's events. Nobody else does. */
interface Audience<T extends Topic = Topic> {
  /** Staff who may do this to what the event is about read all of it. Technicians may in their datacenters. */
  staff: Action;
  /** A tenant's people who may do this to what the event is about read these fields of it, and no others. */
  tenant?: { may: Action; fields: readonly (keyof EventData<T> & string)[]; only?(data: EventData<T>): boolean };
}

const asset = { staff: 'asset:read' } as const;
const order = { staff: 'order:read' } as const;
const purchase = { staff: 'procurement:read' } as const;
const saga = { staff: 'saga:read' } as const;
const agent = { staff: 'edge:read' } as const;
const task = { staff: 'task:read' } as const;
const orderFields = ['orderId', 'tenantId', 'datacenterId'] as const;

/** States that are a tenant's own business: it holds the server, or loses it. */
const tenantsStates: readonly State[] = [
  'ASSIGNED_TO_TENANT',
  'IN_SERVICE',
  'MAINTENANCE',
  'DECOMMISSION_PROPOSED',
  'SANITIZING',
];
type StateTopic = (typeof states)[State]['topic'];
const stateAudience = (state: State): Audience<StateTopic> =>
  tenantsStates.includes(state)
    ? {
        ...asset,
        tenant: { may: 'server:read', fields: ['serverId', 'orderId', 'tenantId', 'datacenterId', 'from', 'to'] },
      }
    : asset;
const ofStates = Object.fromEntries(
  (Object.keys(states) as State[]).map((state) => [states[state].topic, stateAudience(state)]),
) as Record<StateTopic, Audience<StateTopic>>;

/** What a purchase costs us, and from whom we buy, is no tenant's business; what becomes of its servers is. */
const approvalOfTenant = {
  may: 'approval:read',
  only: ({ kind }: { kind: string }) => kind === 'decommission',
} as const;

/**
 * One line per topic. Rights come from the permission table, so that nobody reads in an event what no page would show
 * them.
 */
const audiences: { readonly [T in Topic]: Audience<T> } = {
  ...ofStates,
  'assets.observed': asset,
  'assets.failed': asset,
  'assets.quarantine_lifted': asset,
  'assets.findings_changed': asset,
  'assets.finding_waived': asset,

  'orders.created': { ...order, tenant: { may: 'order:read', fields: orderFields } },
  'orders.inventory_checked': order,
  'orders.quote_requested': purchase,
  'orders.quote_received': purchase,
  'orders.purchase_approved': purchase,
  'orders.shipped': {
    staff: 'shipment:read',
    tenant: { may: 'order:read', fields: [...orderFields, 'carrier', 'trackingNumber', 'estimatedArrival', 'servers'] },
  },
  'orders.fulfilled': { ...order, tenant: { may: 'order:read', fields: [...orderFields, 'servers'] } },
  'orders.cancelled': { ...order, tenant: { may: 'order:read', fields: [...orderFields, 'because'] } },
  'orders.failed': { ...order, tenant: { may: 'order:read', fields: [...orderFields, 'because'] } },

  'approvals.requested': {
    staff: 'approval:read',
    tenant: { ...approvalOfTenant, fields: ['approvalId', 'kind', 'summary', 'dueAt'] },
  },
  'approvals.decided': {
    staff: 'approval:read',
    tenant: { ...approvalOfTenant, fields: ['approvalId', 'kind', 'decision'] },
  },
  'tasks.opened': task,
  'tasks.completed': task,
  'sagas.stuck': saga,
  'sagas.decided': saga,
  'sagas.cancel_requested': saga,
  'sagas.ended': saga,

  'edge.reported': agent,
  'edge.readings': agent,
  'edge.agent_enrolled': agent,
  'edge.agent_revoked': agent,
  'firmware.update_started': asset,
  'firmware.update_completed': asset,
  'firmware.update_failed': asset,
  'health.alert_critical': asset,
  'health.alert_warning': asset,
  'tenant.server_delivered': { ...asset, tenant: { may: 'server:read', fields: ['serverId', 'orderId', 'tenantId'] } },
};
const audienceOf = (topic: Topic): Audience => audiences[topic] as unknown as Audience;

/**
 * Where a caller may read at all, for the log's query: all events of some types, those of others about their tenant
 * or in their datacenters. What it lets through is still judged event by event (`forReader`).
 */
export function readable(caller: Caller): NonNullable<EventFilter['readable']> {
  const types = (fits: (audience: Audience) => boolean) =>
    topics.filter((topic) => fits(audienceOf(topic))).map(typeOf);
  const places = caller.datacenterIds;
  return {
    all: types(({ staff }) => caller.reach(staff).all),
    tenant: {
      id: caller.tenantId,
      types: types(({ tenant }) => tenant !== undefined && caller.reach(tenant.may).tenantId !== undefined),
    },
    datacenters: { ids: places, types: types(({ staff }) => caller.reach(staff).datacenterIds.length > 0) },
  };
}

/** What of an event this caller may read; undefined where that is nothing. */
export function forReader(caller: Caller, event: CloudEvent): CloudEvent | undefined {
  // an older release may have written topics that we know no more
  const audience = audienceOf(topicOf(event.type) as Topic) as Audience | undefined;
  if (!audience) return undefined;
  const { all, datacenterIds } = caller.reach(audience.staff);
  if (all || (event.datacenterid !== undefined && datacenterIds.includes(event.datacenterid))) return event;
  const { tenant } = audience;
  if (!tenant || event.tenantid === undefined || caller.reach(tenant.may).tenantId !== event.tenantid) return undefined;
  if (tenant.only && !tenant.only(event.data as EventData<Topic>)) return undefined;
  return {
    ...event,
    data: Object.fromEntries(
      tenant.fields.flatMap((field) => (field in event.data ? [[field, event.data[field]]] : [])),
    ),
  };
}
