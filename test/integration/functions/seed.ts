import { decommissionServer } from '../../../orchestrations/decommissioning/decommission-server.saga.ts';
import { insertApproval, type Approval } from '../../../shared/domain/approvals/approvals.db.ts';
import { tenantSecret } from '../../../shared/domain/credentials/bmc-access.ts';
import { insertDecommission } from '../../../shared/domain/decommissions/decommissions.db.ts';
import { orderCreated } from '../../../shared/domain/orders/events.ts';
import { insertOrder, Order } from '../../../shared/domain/orders/orders.db.ts';
import { openTask } from '../../../shared/domain/tasks/tasks.db.ts';
import { deadLetter } from '../../../shared/events/dead-letters.db.ts';
import { appendEvents, readEvents } from '../../../shared/events/log.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { ApprovalId, DatacenterId, DecommissionId, ServerId, TaskId, type IdKind } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { beginLife } from '../../../shared/lifecycle/apply.ts';
import { sagaId as sagaIdOf } from '../../../shared/saga/define-saga.ts';
import { usualConfig } from '../../kit/orders.ts';
import type { Api } from './kit.ts';

/** One of everything that belongs to a tenant, in one datacenter. */
export interface Belongings {
  tenantId: string;
  datacenterId: string;
  orderId: string;
  serverId: string;
  sagaId: string;
  taskId: string;
  purchaseApprovalId: string;
  endApprovalId: string;
  purchaseId: string;
  shipmentId: string;
  serial: string;
  mac: string;
  decommissionId: string;
  deadLetterId: number;
}

let machines = 0;

/** Written as the platform's own code writes them, as far as it can without its sagas. */
export async function belongings(api: Api, tenantId: string, datacenterId: string): Promise<Belongings> {
  const {
    db,
    deps: { clock, secrets },
    relay,
  } = api;
  const now = clock.now();
  const at = isoTime(now);
  const id = (kind: IdKind) => newId(kind, now);
  const [orderId, serverId, purchaseId, shipmentId, quoteId] = [
    id('order'),
    ServerId.parse(id('server')),
    id('purchase'),
    id('shipment'),
    id('quote'),
  ];
  const sagaId = `fulfill-order-${orderId}`;
  const serial = `SN-${tenantId}-${serverId.slice(-4)}`;
  const mac = `02:00:00:00:00:${String(++machines).padStart(2, '0')}`;

  const order = Order.parse({
    id: orderId,
    tenantId,
    datacenterId,
    state: 'deploying',
    version: 1,
    requestedBy: `tenant-admin@${tenantId}.example`,
    requestedById: tenantId,
    sagaId,
    endedReason: null,
    createdAt: at,
    updatedAt: at,
    lines: [{ id: id('orderLine'), position: 1, quantity: 1, config: usualConfig }],
  });
  await insertOrder(db, order);
  await db.run(
    `INSERT INTO saga (id, name, parent_id, root_id, subject, order_id, tenant_id, datacenter_id, input, state,
      started_at, updated_at) VALUES ($1, 'fulfill-order', NULL, $1, $2, $2, $3, $4, '{}', 'running', $5, $5)`,
    [sagaId, orderId, tenantId, datacenterId, at],
  );
  await db.run(
    "INSERT INTO saga_timeline (saga_id, root_id, at, kind, text) VALUES ($1, $1, $2, 'began', 'fulfill-order began')",
    [sagaId, at],
  );

  await beginLife(
    db,
    clock,
    'adopted',
    {
      id: serverId,
      datacenterId: DatacenterId.parse(datacenterId),
      config: usualConfig,
      manufacturer: 'HPE',
      model: 'DL360',
      serial,
      bmcMac: mac,
      macs: [],
    },
    { actor: 'test' },
  );
  await db.run('UPDATE asset SET tenant_id = $2, order_id = $3 WHERE id = $1', [serverId, tenantId, orderId]);
  await secrets.write(tenantSecret(serverId), { username: 'tenant', password: `secret-of-${tenantId}` });

  await db.run(
    'INSERT INTO quote (id, order_id, vendor, state, total_minor, currency, lines, requested_at) VALUES ' +
      "($1, $2, 'hpe', 'quoted', 100, 'USD', '[]', $3)",
    [quoteId, orderId, at],
  );
  await db.run(
    'INSERT INTO purchase (id, order_id, quote_id, po_number, vendor, state, total_minor, currency, ' +
      "created_at, updated_at) VALUES ($1, $2, $3, $1, 'hpe', 'shipped', 100, 'USD', $4, $4)",
    [purchaseId, orderId, quoteId, at],
  );
  await db.run(
    'INSERT INTO shipment (id, purchase_id, order_id, datacenter_id, carrier, tracking_number, state, ' +
      "created_at, updated_at) VALUES ($1, $2, $3, $4, 'ups', $1, 'delivered', $5, $5)",
    [shipmentId, purchaseId, orderId, datacenterId, at],
  );
  const manifest = { serial, model: 'DL360', manufacturer: 'HPE', bmcMac: mac, macs: [mac], config: usualConfig };
  await db.run(
    "INSERT INTO shipment_item (shipment_id, serial, server_id, manifest, state) VALUES ($1, $2, $3, $4, 'expected')",
    [shipmentId, serial, serverId, JSON.stringify(manifest)],
  );

  const taskId = TaskId.parse(id('task'));
  await openTask(db, clock, {
    id: taskId,
    kind: 'rack',
    dedupeKey: taskId,
    datacenterId: DatacenterId.parse(datacenterId),
    sagaId,
    title: `Rack ${serial}`,
    instructions: [],
    serverId,
    orderId,
    dueAt: now,
  });
  const approval = (kind: Approval['kind'], subject: string): Approval => ({
    id: ApprovalId.parse(id('approval')),
    kind,
    subject,
    tenantId,
    orderId,
    serverId,
    sagaId,
    state: 'open',
    amountMinor: 100,
    currency: 'USD',
    summary: kind,
    policy: 'always',
    requestedBy: 'ops@rackline.example',
    requestedById: 'ops',
    decidedById: null,
    requestedAt: at,
    dueAt: at,
    decidedBy: null,
    decidedAt: null,
    reason: null,
  });
  const [purchase, end] = [approval('purchase', orderId), approval('decommission', serverId)];
  await insertApproval(db, purchase);
  await insertApproval(db, end);
  const decommissionId = DecommissionId.parse(id('decommission'));
  await insertDecommission(db, {
    id: decommissionId,
    serverId,
    tenantId,
    reason: 'old',
    disposition: 'retired',
    state: 'proposed',
    requestedBy: 'ops@rackline.example',
    requestedById: 'ops',
    sagaId: sagaIdOf(decommissionServer, decommissionId),
    createdAt: at,
  });

  await appendEvents(db, clock, [
    orderCreated({
      subject: orderId,
      tenantId,
      datacenterId,
      data: {
        orderId,
        tenantId,
        datacenterId,
        lines: [{ quantity: 1, config: usualConfig }],
        requestedBy: `tenant-admin@${tenantId}.example`,
      },
    }),
  ]);
  await relay.drain();
  const [created] = await readEvents(db, { subject: orderId, limit: 1 });
  if (!created) throw new Error('The event was not sealed.');
  await deadLetter(db, {
    consumer: 'mirror-state',
    topic: 'orders.created',
    event: created,
    cause: 'test',
    attempts: 5,
  });
  const [letter] = (await api.as('ops@rackline.example')('GET /v1/dead-letters')).body['items'] as { id: number }[];
  return {
    tenantId,
    datacenterId,
    orderId,
    serverId,
    sagaId,
    taskId,
    purchaseApprovalId: purchase.id,
    endApprovalId: end.id,
    purchaseId,
    shipmentId,
    serial,
    mac,
    decommissionId,
    deadLetterId: letter?.id ?? 0,
  };
}
