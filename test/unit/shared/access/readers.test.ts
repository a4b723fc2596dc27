import { describe, expect, it } from '@jest/globals';
import { Caller, roles, type Role } from '../../../../shared/access/caller.ts';
import { forReader, readableBy } from '../../../../shared/access/readers.ts';
import { catalogue, topics, type Topic } from '../../../../shared/domain/catalogue.ts';
import type { CloudEvent } from '../../../../shared/events/cloud-event.ts';
import { typeOf } from '../../../../shared/events/event-type.ts';
import { AgentId, DatacenterId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';

const confinedTo = (role: Role) =>
  role.startsWith('tenant-') ? { tenant: 'acme' } : role === 'technician' ? { datacenters: ['dc-nyc-01'] } : {};
const somebody = (role: Role): Caller =>
  role === 'edge'
    ? Caller.agent({ agentId: AgentId.parse(newId('agent', 0)), datacenter: DatacenterId.parse('dc-nyc-01') })
    : new Caller({ iss: 'https://issuer.example', sub: role, roles: [role], ...confinedTo(role) });
/** Everybody, in the order of the table's columns. */
const columns = {
  A: 'tenant-admin',
  O: 'tenant-operator',
  V: 'tenant-viewer',
  P: 'ops',
  D: 'approver',
  X: 'executive',
  U: 'auditor',
  N: 'technician',
  E: 'edge',
} as const satisfies Record<string, Role>;

const fieldsOf = (topic: Topic): string[] => {
  const schema = catalogue.find((type) => type.topic === topic)!.data;
  return 'shape' in schema ? Object.keys(schema.shape) : ['kind']; // a union of reports: they are on the bus only
};
const anEvent = (topic: Topic, more: Partial<CloudEvent> = {}, data: object = {}): CloudEvent => ({
  specversion: '1.0',
  id: 'evt_1',
  type: typeOf(topic),
  source: '/rackline',
  subject: 'srv_1',
  time: '2026-11-02T08:00:00Z',
  datacontenttype: 'application/json',
  partitionkey: 'srv_1',
  sequence: '1',
  tenantid: 'acme',
  datacenterid: 'dc-nyc-01',
  data: { ...Object.fromEntries(fieldsOf(topic).map((field) => [field, `the ${field}`])), ...data },
  ...more,
});
const fieldsSeen = (caller: Caller, event: CloudEvent): string[] | undefined => {
  const seen = forReader(caller, event);
  return seen && Object.keys(seen.data).sort();
};

const tenantsState = 'ttt+-+++-';
const ourState = '---+-+++-';
/** `+` reads all of it, `t` the tenant's fields, `-` nothing. Columns: A O V P D X U N E. */
const table: Record<Topic, string> = {
  'assets.ordered': ourState,
  'assets.quote_requested': ourState,
  'assets.quote_received': ourState,
  'assets.purchase_approved': ourState,
  'assets.shipment_tracking': ourState,
  'assets.received': ourState,
  'assets.racked': ourState,
  'assets.cabled': ourState,
  'assets.powered_on': ourState,
  'assets.discovered': ourState,
  'assets.validated': ourState,
  'assets.firmware_updating': ourState,
  'assets.hardened': ourState,
  'assets.staged': ourState,
  'assets.provisioned': ourState,
  'assets.ready': ourState,
  'assets.assigned': tenantsState,
  'assets.in_service': tenantsState,
  'assets.maintenance': tenantsState,
  'assets.sanitizing': tenantsState,
  'assets.decommission_proposed': tenantsState,
  'assets.decommissioning': ourState,
  'assets.decommissioned': ourState,
  'assets.cancelled': ourState,
  'assets.returned_to_vendor': ourState,
  'assets.observed': ourState,
  'assets.failed': ourState,
  'assets.quarantine_lifted': ourState,
  'assets.proved': ourState,
  'assets.proofs_voided': ourState,
  'assets.findings_changed': ourState,
  'assets.finding_waived': ourState,
  'orders.created': 'ttt++++--',
  'orders.inventory_checked': '---++++--',
  'orders.quote_requested': '---++++--',
  'orders.quote_received': '---++++--',
  'orders.purchase_approved': '---++++--',
  'orders.shipped': 'ttt++-++-',
  'orders.fulfilled': 'ttt++++--',
  'orders.cancelled': 'ttt++++--',
  'orders.failed': 'ttt++++--',
  'approvals.requested': '---++++--',
  'approvals.decided': '---++++--',
  'tasks.opened': '---+--++-',
  'tasks.completed': '---+--++-',
  'sagas.stuck': '---+--+--',
  'sagas.decided': '---+--+--',
  'sagas.cancel_requested': '---+--+--',
  'sagas.ended': '---+--+--',
  'edge.reported': '---+--++-',
  'edge.readings': '---+--++-',
  'edge.agent_enrolled': '---+--++-',
  'edge.agent_revoked': '---+--++-',
  'firmware.update_started': ourState,
  'firmware.update_completed': ourState,
  'firmware.update_failed': ourState,
  'health.alert_critical': ourState,
  'health.alert_warning': ourState,
  'tenant.server_delivered': tenantsState,
};

/**
 * What a tenant's people see, whatever the topic: nothing of who does the work, what it costs and where it is bought.
 */
const tenantFields = [
  'orderId',
  'serverId',
  'tenantId',
  'datacenterId',
  'from',
  'to',
  'carrier',
  'trackingNumber',
  'estimatedArrival',
  'servers',
  'reason',
  'approvalId',
  'kind',
  'decision',
  'summary',
  'dueAt',
];

describe('readers of events', () => {
  it.each(topics)('%s', (topic) => {
    const event = anEvent(topic);
    const seen = Object.values(columns).map((role) => {
      const fields = fieldsSeen(somebody(role), event);
      if (!fields) return '-';
      if (fields.length === fieldsOf(topic).length && !role.startsWith('tenant-')) return '+';
      expect(tenantFields).toEqual(expect.arrayContaining(fields));
      return 't';
    });
    expect(seen.join('')).toBe(table[topic]);
  });

  it.each(topics)('%s is nobody’s of another tenant or another datacenter', (topic) => {
    for (const role of ['tenant-admin', 'tenant-operator', 'tenant-viewer', 'technician'] as const) {
      expect(
        forReader(somebody(role), anEvent(topic, { tenantid: 'globex', datacenterid: 'dc-fra-01' })),
      ).toBeUndefined();
      const { tenantid: _tenant, datacenterid: _datacenter, ...nobodys } = anEvent(topic);
      expect(forReader(somebody(role), nobodys)).toBeUndefined();
    }
  });

  it.each(topics)('%s: nobody reads a price or a vendor who may not read procurement', (topic) => {
    for (const caller of roles.map(somebody).filter((each) => !each.may('procurement:read'))) {
      const fields = fieldsSeen(caller, anEvent(topic, {}, { kind: 'purchase' })) ?? [];
      for (const field of ['totalMinor', 'currency', 'vendor', 'quoteId', 'summary'])
        expect(fields).not.toContain(field);
    }
  });

  it('shows only a tenant’s administrator that a decommission waits for a decision', () => {
    const event = anEvent('approvals.requested', {}, { kind: 'decommission' });
    expect(fieldsSeen(somebody('tenant-admin'), event)).toEqual(['approvalId', 'dueAt', 'kind', 'summary']);
    expect(forReader(somebody('tenant-viewer'), event)).toBeUndefined();
  });

  it('is asked of the log as it is judged afterwards', () => {
    for (const role of roles) {
      const caller = somebody(role);
      const { all, tenant, datacenters } = readableBy(caller);
      for (const topic of topics) {
        const event = anEvent(topic, {}, { kind: 'decommission' });
        const isAsked =
          all.includes(event.type) ||
          (tenant.id === event.tenantid && tenant.types.includes(event.type)) ||
          (datacenters.ids.includes('dc-nyc-01') && datacenters.types.includes(event.type));
        expect([topic, role, isAsked]).toEqual([topic, role, forReader(caller, event) !== undefined]);
      }
    }
  });

  it('leaves out what an unknown release wrote', () => {
    expect(
      forReader(somebody('ops'), anEvent('orders.created', { type: 'com.rackline.orders.forgotten' })),
    ).toBeUndefined();
  });
});
