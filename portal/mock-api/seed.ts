import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../shared/domain/orders/orders.db.ts';
import type { Finding } from '../../shared/domain/validation/findings.db.ts';
import type { ServerConfig } from '../../shared/facts/server.ts';
import { program, type Actor } from '../../shared/kernel/actor.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days, hours, minutes } from '../../shared/kernel/durations.ts';
import { DatacenterId, DecommissionId, OrderId, OrderLineId, TaskId, TenantId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { commissioned } from '../../shared/lifecycle/proof-kinds.ts';
import type { State } from '../../shared/lifecycle/states.ts';
import { until, type MockPlatform } from './platform.ts';
import { fulfil } from './stories/fulfil.ts';
import { build, factsOf, place, plan } from './stories/hardware.ts';
import { failingFan, silent, wellAt } from './stories/health.ts';
import { decommission } from './stories/operate.ts';
import { prove } from './stories/proofs.ts';
import { Teller, type Pace } from './stories/teller.ts';

const balanced: ServerConfig = {
  cpu: '2x Intel Xeon Gold 6530',
  ram: '512GB DDR5',
  storage: '4x 3.84TB NVMe',
  network: '2x 100GbE',
};
const small: ServerConfig = {
  cpu: '1x Intel Xeon Silver 4410',
  ram: '128GB DDR5',
  storage: '2x 960GB SSD',
  network: '2x 25GbE',
};

export function newOrder(
  platform: MockPlatform,
  of: {
    tenant: string;
    datacenter: string;
    requestedBy: Actor;
    lines: readonly { quantity: number; config: ServerConfig }[];
    at: number;
  },
): Order {
  const id = OrderId.parse(newId('order', of.at));
  const order: Order = {
    id,
    tenantId: TenantId.parse(of.tenant),
    datacenterId: DatacenterId.parse(of.datacenter),
    state: 'received',
    version: 1,
    requestedBy: of.requestedBy.name,
    requestedById: of.requestedBy.id,
    sagaId: `fulfill-order-${id}`,
    endedReason: null,
    createdAt: isoTime(of.at),
    updatedAt: isoTime(of.at),
    lines: of.lines.map((line, index) => ({
      id: OrderLineId.parse(newId('orderLine', of.at)),
      position: index + 1,
      ...line,
    })),
  };
  platform.orders.set(id, order);
  return order;
}

const untilShelved = ['approve', 'receive'] as const;
const installed = (servers: number): ('rack' | 'cable')[] =>
  Array.from({ length: servers }, () => ['rack', 'cable'] as const).flat();

/**
 * A company in the middle of its work: orders at every part of their way, one of them stuck, machines in every state.
 */
export async function seed(platform: MockPlatform, stepMilliseconds: number): Promise<void> {
  const now = Date.now();
  stock(platform, now);
  const admin = { tenant: 'acme', datacenter: 'dc-fra-01', requestedBy: program('tenant-admin@acme.example') };
  const past = (from: number, done: NonNullable<Pace['past']>['done']) =>
    new Teller(platform, { stepMilliseconds, past: { from, done } });
  const story = (order: Order, done: NonNullable<Pace['past']>['done']) =>
    fulfil(past(Date.parse(order.createdAt), done), order);

  const delivered = newOrder(platform, { ...admin, lines: [{ quantity: 2, config: balanced }], at: now - days(20) });
  await story(delivered, [...untilShelved, 'rack', 'rack', 'cable', 'cable']);

  void story(newOrder(platform, { ...admin, lines: [{ quantity: 1, config: balanced }], at: now - days(4) }), [
    ...untilShelved,
    ...installed(0),
  ]);
  void story(
    newOrder(platform, { ...admin, lines: [{ quantity: 3, config: balanced }], at: now - days(3) - hours(10) }),
    ['approve'],
  );
  void story(
    newOrder(platform, {
      ...admin,
      lines: [
        { quantity: 2, config: balanced },
        { quantity: 4, config: small },
      ],
      at: now - days(1),
    }),
    [],
  );
  void story(
    newOrder(platform, {
      tenant: 'globex',
      datacenter: 'dc-nyc-01',
      requestedBy: program('tenant-admin@globex.example'),
      lines: [{ quantity: 8, config: { ...balanced, ram: '1024GB DDR5' } }],
      at: now - hours(9),
    }),
    [],
  );
  await until(platform, () => [...platform.approvals.values()].filter(({ state }) => state === 'open').length >= 2);

  await cancelled(platform, stepMilliseconds, now);
  await stuckOrder(platform, now);
  ends(platform, delivered, past, now);
  anomalies(platform, now);
  health(platform, now);
}

/** What is plugged in has been looked at: most do well, one has a fan that stopped, one does not answer. */
function health(platform: MockPlatform, now: number): void {
  for (const asset of platform.assets.values())
    if (asset.bmcAddress !== null && asset.state !== 'RECEIVED') platform.health.set(asset.id, wellAt(asset, now));
  const [failing, lost] = [...platform.assets.values()].filter(
    ({ state, origin }) => state === 'IN_SERVICE' && origin === 'stock',
  );
  if (failing) {
    const found = failingFan(failing, now);
    platform.health.set(failing.id, found.health);
    platform.bmcLogs.set(failing.id, found.log);
  }
  if (lost) platform.health.set(lost.id, silent(lost, now));
}

async function cancelled(platform: MockPlatform, stepMilliseconds: number, now: number): Promise<void> {
  const order = newOrder(platform, {
    tenant: 'acme',
    datacenter: 'dc-lon-01',
    requestedBy: program('tenant-operator@acme.example'),
    lines: [{ quantity: 1, config: small }],
    at: now - days(9),
  });
  const teller = new Teller(platform, {
    stepMilliseconds,
    past: { from: Date.parse(order.createdAt), done: ['approve'] },
  });
  const instruction = fulfil(teller, order);
  const root = platform.sagas.get(order.sagaId);
  if (root) Object.assign(root, { cancelRequested: { by: 'tenant-admin@acme.example', reason: 'ordered twice' } });
  await instruction;
}

/** One whose purchase could not be taken back. */
async function stuckOrder(platform: MockPlatform, now: number): Promise<void> {
  const order = newOrder(platform, {
    tenant: 'globex',
    datacenter: 'dc-lon-01',
    requestedBy: program('tenant-admin@globex.example'),
    lines: [{ quantity: 2, config: { ...balanced, storage: '8x 7.68TB NVMe' } }],
    at: now - days(2),
  });
  void fulfil(
    new Teller(platform, { stepMilliseconds: 0, past: { from: Date.parse(order.createdAt), done: ['approve'] } }),
    order,
  );
  await until(platform, () => order.state === 'shipping');
  const root = platform.sagas.get(order.sagaId);
  if (root)
    Object.assign(root, {
      cancelRequested: { by: 'tenant-admin@globex.example', reason: 'the project was stopped (fail-undo)' },
    });
  platform.changed();
  await until(platform, () => root?.state === 'stuck');
}

function ends(
  platform: MockPlatform,
  delivered: Order,
  past: (from: number, done: NonNullable<Pace['past']>['done']) => Teller,
  now: number,
): void {
  const [first, second] = [...platform.assets.values()].filter(({ orderId }) => orderId === delivered.id);
  const wish = (asset: Asset, reason: string, at: number) => {
    const id = DecommissionId.parse(newId('decommission', at));
    const found = {
      id,
      serverId: asset.id,
      tenantId: asset.tenantId,
      reason,
      disposition: 'retired' as const,
      state: 'proposed' as const,
      requestedBy: 'ops@rackline.example',
      requestedById: 'ops',
      sagaId: `decommission-server-${id}`,
      certificate: null,
      createdAt: isoTime(at),
      updatedAt: isoTime(at),
    };
    platform.decommissions.set(id, found);
    return found;
  };
  if (second)
    void decommission(
      past(now - hours(30), []),
      second,
      wish(second, 'five years old, out of warranty', now - hours(30)),
    );
  const old = inService(platform, 'acme', 'dc-fra-01', now - days(90));
  void decommission(
    past(now - days(3), ['approve', 'remove']),
    old,
    wish(old, 'replaced by the new generation', now - days(3)),
  );
  if (first) Object.assign(first, { conditionSince: isoTime(now - days(1)) });
}

function inService(platform: MockPlatform, tenant: string, datacenter: string, at: number): Asset {
  const asset = plan(undefined, DatacenterId.parse(datacenter), balanced, at);
  Object.assign(asset, build('dell'), {
    state: 'IN_SERVICE',
    tenantId: TenantId.parse(tenant),
    origin: 'adopted',
    bmcAddress: '10.20.4.17',
  });
  place(asset);
  Object.assign(asset, { facts: factsOf(asset, 'redfish'), measured: factsOf(asset, 'validation-image') });
  platform.assets.set(asset.id, asset);
  return asset;
}

function stock(platform: MockPlatform, now: number): void {
  const states: readonly State[] = [
    'READY',
    'READY',
    'READY',
    'RECEIVED',
    'RECEIVED',
    'IN_SERVICE',
    'IN_SERVICE',
    'MAINTENANCE',
    'HARDENED',
    'STAGED',
  ];
  for (const [place0, { id }] of platform.datacenters.entries()) {
    for (const [index, state] of states.entries()) {
      const at = now - days(30) + hours(place0 * 7 + index);
      const asset = plan(undefined, id, index % 3 === 0 && state !== 'READY' ? balanced : small, at);
      Object.assign(asset, build(index % 2 ? 'hpe' : 'dell'), {
        state,
        origin: 'stock',
        stateSince: isoTime(now - minutes(40) * (index + 1)),
        bmcAddress: `10.2${place0}.0.${10 + index}`,
        ...(['IN_SERVICE', 'MAINTENANCE'].includes(state) && {
          tenantId: TenantId.parse(index % 2 ? 'globex' : 'acme'),
        }),
      });
      if (state !== 'RECEIVED') place(asset);
      Object.assign(asset, { facts: factsOf(asset, 'redfish'), measured: factsOf(asset, 'validation-image') });
      if (state === 'READY')
        for (const kind of ['validated', 'erase-verified', ...commissioned] as const)
          prove(platform, asset, kind, { actor: 'platform', sagaId: null }, at);
      platform.assets.set(asset.id, asset);
    }
  }
}

/**
 * A server in the middle of being put right: what was found, what a technician has been asked, what is settled already.
 */
function miscable(platform: MockPlatform, asset: Asset, now: number): void {
  const taskId = TaskId.parse(newId('task', now - minutes(50)));
  const finding = (
    n: number,
    of: Pick<Finding, 'kind' | 'severity' | 'place' | 'expected' | 'found' | 'evidence' | 'hint'>,
    more: Partial<Finding> = {},
  ): Finding => ({
    id: newId('finding', now + n),
    foundAt: isoTime(now - hours(2)),
    seenAt: isoTime(now - hours(1)),
    resolvedAt: null,
    waiver: null,
    taskId: null,
    instruction: null,
    answer: null,
    ...of,
    ...more,
  });
  const instruction =
    'cable, NIC 1 and NIC 2: expected NIC 1 in leaf-1a Ethernet12, NIC 2 in leaf-1b Ethernet12; found ' +
    'these two cables are swapped. Exchange the two plugs at the server, NIC 1 and NIC 2.';
  const swapped = finding(
    1,
    {
      kind: 'cable',
      severity: 'major',
      place: 'NIC 1 and NIC 2',
      expected: 'NIC 1 in leaf-1a Ethernet12, NIC 2 in leaf-1b Ethernet12',
      found: 'these two cables are swapped',
      hint: 'exchange the two plugs at the server, NIC 1 and NIC 2',
      evidence: [
        { source: 'dcim', said: 'NIC 1 to leaf-1a Ethernet12' },
        { source: 'lldp', said: 'leaf-1b port Eth12 (to R12-U17)', where: 'lldpcli, ens1f0' },
        { source: 'lldp', said: 'leaf-1a port Eth12', where: 'lldpcli, ens1f1' },
      ],
    },
    { taskId, instruction },
  );
  platform.findings.set(asset.id, [
    swapped,
    finding(2, {
      kind: 'drive',
      severity: 'minor',
      place: 'nvme3n1 (S6X0NG0T5)',
      expected: 'health ok',
      found: 'health warning',
      hint: 'it warns of itself: watch it, or have it replaced under warranty',
      evidence: [
        {
          source: 'validation-image',
          said: 'nvme3n1 1.92 TB NVME KIOXIA CM7-R: warning',
          where: 'smartctl, or Redfish Drives',
        },
      ],
    }),
    finding(3, {
      kind: 'model',
      severity: 'info',
      place: 'PowerEdge R660',
      expected: 'its ports described in the inventory',
      found: 'no ports described',
      hint: 'the machine was not checked against its model: add interfaces and power ports to its device type',
      evidence: [
        { source: 'device-type', said: 'no interface and power port templates', where: 'Dell PowerEdge R660' },
      ],
    }),
    finding(
      4,
      {
        kind: 'cable',
        severity: 'major',
        place: 'NIC 2',
        expected: '100 Gbit/s',
        found: '25 Gbit/s',
        hint: 'the cable or module is of a slower kind, or the switch port is set to a lower speed',
        evidence: [
          { source: 'dcim', said: 'NIC 2 QSFP28, 100 Gbit/s, leaf-1b Ethernet12 QSFP28, 100 Gbit/s' },
          { source: 'validation-image', said: '25 Gbit/s', where: 'ethtool ens1f1' },
        ],
      },
      {
        waiver: {
          by: 'ops@rackline.example',
          at: isoTime(now - minutes(70)),
          reason: 'the tenant runs it at 25 Gbit/s until the new cable is here',
        },
      },
    ),
    finding(
      5,
      {
        kind: 'memory',
        severity: 'major',
        place: 'A1',
        expected: '128GB DDR5',
        found: '96 GB in 3 modules',
        hint: '1 module of 32 GB is missing or fails its training: reseat it, then replace it',
        evidence: [
          { source: 'order', said: '128GB DDR5' },
          { source: 'validation-image', said: '96 GB: 3x 32 GB at 4800 MT/s (A2 A3 A4)', where: 'dmidecode, type 17' },
          { source: 'bmc', said: '96 GB', where: 'Redfish Memory' },
        ],
      },
      {
        resolvedAt: isoTime(now - hours(1)),
        instruction:
          'memory, A1: expected 128GB DDR5; found 96 GB in 3 modules. 1 module of 32 GB is missing or fails ' +
          'its training: reseat it, then replace it.',
        answer: {
          outcome: 'fixed',
          note: 'The module was not seated.',
          by: `technician@${asset.datacenterId}.rackline.example`,
          at: isoTime(now - minutes(80)),
        },
      },
    ),
  ]);
  const { id, place, expected, found, hint } = swapped;
  platform.tasks.set(taskId, {
    id: taskId,
    kind: 'fix',
    dedupeKey: taskId,
    datacenterId: asset.datacenterId,
    serverId: asset.id,
    orderId: null,
    shipmentId: null,
    sagaId: null,
    state: 'open',
    claimedBy: null,
    claimedById: null,
    result: null,
    completedBy: null,
    rackName: asset.rackName,
    rackUnit: asset.rackUnit,
    title: `Fix 1 finding on ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [
      `The server ${asset.serial} stands in ${asset.rackName}, its lowest unit is ${asset.rackUnit}.`,
      instruction,
    ],
    lines: [{ id, text: instruction, place, expected, found, hint }],
    dueAt: isoTime(now + hours(23)),
    createdAt: isoTime(now - minutes(50)),
    updatedAt: isoTime(now - minutes(50)),
  });
  Object.assign(asset, {
    condition: 'waiting',
    conditionDetail: {
      for: `a technician in ${asset.datacenterId}`,
      reason: '1 finding to fix',
      until: isoTime(now + days(7)),
      taskId,
    },
    conditionSince: isoTime(now - minutes(50)),
  });
}

/**
 * What should not happen and does: a stranger's serial number, cables in wrong ports, a burn-in that lasts, events
 * nobody could handle.
 */
function anomalies(platform: MockPlatform, now: number): void {
  const [unknown, miscabled, slow] = [...platform.assets.values()].filter(
    ({ state }) => state === 'HARDENED' || state === 'STAGED',
  );
  if (unknown)
    Object.assign(unknown, {
      condition: 'quarantined',
      conditionDetail: { reason: 'serial number', expected: unknown.serial, found: 'CZJ5000001' },
      conditionSince: isoTime(now - hours(3)),
    });
  if (miscabled) {
    miscable(platform, miscabled, now);
  }
  if (slow) Object.assign(slow, { stateSince: isoTime(now - days(3)) });
  const letter = (id: number, topic: string, consumer: string, cause: string) =>
    platform.deadLetters.set(id, {
      id,
      topic,
      consumer,
      cause,
      attempts: 8,
      eventId: newId('event', now),
      event: { type: `com.rackline.${topic}`, subject: 'srv_01J9ZX5Q8TQ4', data: { state: 'RACKED' } },
      state: 'open',
      createdAt: isoTime(now - hours(id * 5)),
    });
  letter(1, 'assets.racked', 'mirror-state', 'NetBox answered 409: the rack unit is taken by another device');
  letter(2, 'tenant.server_delivered', 'notify-tenant', 'The mail server refused the recipient');
}
