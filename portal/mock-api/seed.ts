import { days, hours, isoTime, minutes } from '../../shared/clock.ts';
import type { Asset } from '../../shared/db/assets.ts';
import type { Order } from '../../shared/db/orders.ts';
import type { ServerConfig } from '../../shared/facts.ts';
import { DatacenterId, DecommissionId, newId, OrderId, OrderLineId, TenantId } from '../../shared/ids.ts';
import type { State } from '../../shared/lifecycle/states.ts';
import { fulfil } from './stories/fulfil.ts';
import { build, factsOf, place, plan } from './stories/hardware.ts';
import { decommission } from './stories/operate.ts';
import { Teller, type Pace } from './stories/teller.ts';
import { until, type World } from './world.ts';

const balanced: ServerConfig = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const small: ServerConfig = { cpu: '1x Intel Xeon Silver 4410', ram: '128GB DDR5', storage: '2x 960GB SSD', network: '2x 25GbE' };

export function newOrder(world: World, of: { tenant: string; datacenter: string; requestedBy: string; lines: readonly { quantity: number; config: ServerConfig }[]; at: number }): Order {
  const id = OrderId.parse(newId('order', of.at));
  const order: Order = {
    id, tenantId: TenantId.parse(of.tenant), datacenterId: DatacenterId.parse(of.datacenter), state: 'received', version: 1, requestedBy: of.requestedBy, sagaId: `fulfill-order-${id}`, endedBecause: null, createdAt: isoTime(of.at), updatedAt: isoTime(of.at),
    lines: of.lines.map((line, index) => ({ id: OrderLineId.parse(newId('orderLine', of.at)), position: index + 1, ...line })),
  };
  world.orders.set(id, order);
  return order;
}

const untilShelved = ['approve', 'receive'] as const;
const installed = (servers: number): ('rack' | 'cable')[] => Array.from({ length: servers }, () => ['rack', 'cable'] as const).flat();

/** A company in the middle of its work: orders at every part of their way, one of them stuck, machines in every state. */
export async function seed(world: World, stepMilliseconds: number): Promise<void> {
  const now = Date.now();
  stock(world, now);
  const admin = { tenant: 'acme', datacenter: 'dc-fra-01', requestedBy: 'tenant-admin@acme.example' };
  const past = (from: number, done: NonNullable<Pace['past']>['done']) => new Teller(world, { stepMilliseconds, past: { from, done } });
  const story = (order: Order, done: NonNullable<Pace['past']>['done']) => fulfil(past(Date.parse(order.createdAt), done), order);

  const delivered = newOrder(world, { ...admin, lines: [{ quantity: 2, config: balanced }], at: now - days(20) });
  await story(delivered, [...untilShelved, 'rack', 'rack', 'cable', 'cable']);

  void story(newOrder(world, { ...admin, lines: [{ quantity: 1, config: balanced }], at: now - days(4) }), [...untilShelved, ...installed(0)]);
  void story(newOrder(world, { ...admin, lines: [{ quantity: 3, config: balanced }], at: now - days(3) - hours(10) }), ['approve']);
  void story(newOrder(world, { ...admin, lines: [{ quantity: 2, config: balanced }, { quantity: 4, config: small }], at: now - days(1) }), []);
  void story(newOrder(world, { tenant: 'globex', datacenter: 'dc-nyc-01', requestedBy: 'tenant-admin@globex.example', lines: [{ quantity: 8, config: { ...balanced, ram: '1024GB DDR5' } }], at: now - hours(9) }), []);
  await until(world, () => [...world.approvals.values()].filter(({ state }) => state === 'open').length >= 2);

  await cancelled(world, stepMilliseconds, now);
  await stuckOrder(world, now);
  ends(world, delivered, past, now);
  oddities(world, now);
}

async function cancelled(world: World, stepMilliseconds: number, now: number): Promise<void> {
  const order = newOrder(world, { tenant: 'acme', datacenter: 'dc-lon-01', requestedBy: 'tenant-operator@acme.example', lines: [{ quantity: 1, config: small }], at: now - days(9) });
  const teller = new Teller(world, { stepMilliseconds, past: { from: Date.parse(order.createdAt), done: ['approve'] } });
  const told = fulfil(teller, order);
  const root = world.sagas.get(order.sagaId);
  if (root) Object.assign(root, { cancelRequested: { by: 'tenant-admin@acme.example', reason: 'ordered twice' } });
  await told;
}

/** One whose purchase could not be taken back. */
async function stuckOrder(world: World, now: number): Promise<void> {
  const order = newOrder(world, { tenant: 'globex', datacenter: 'dc-lon-01', requestedBy: 'tenant-admin@globex.example', lines: [{ quantity: 2, config: { ...balanced, storage: '8x 7.68TB NVMe' } }], at: now - days(2) });
  void fulfil(new Teller(world, { stepMilliseconds: 0, past: { from: Date.parse(order.createdAt), done: ['approve'] } }), order);
  await until(world, () => order.state === 'shipping');
  const root = world.sagas.get(order.sagaId);
  if (root) Object.assign(root, { cancelRequested: { by: 'tenant-admin@globex.example', reason: 'the project was stopped (fail-undo)' } });
  world.changed();
  await until(world, () => root?.state === 'stuck');
}

function ends(world: World, delivered: Order, past: (from: number, done: NonNullable<Pace['past']>['done']) => Teller, now: number): void {
  const [first, second] = [...world.assets.values()].filter(({ orderId }) => orderId === delivered.id);
  const wish = (asset: Asset, reason: string, at: number) => {
    const id = DecommissionId.parse(newId('decommission', at));
    const found = { id, serverId: asset.id, tenantId: asset.tenantId, reason, disposition: 'retired' as const, state: 'proposed' as const, requestedBy: 'ops@rackline.example', certificate: null, createdAt: isoTime(at), updatedAt: isoTime(at) };
    world.decommissions.set(id, found);
    return found;
  };
  if (second) void decommission(past(now - hours(30), []), second, wish(second, 'five years old, out of warranty', now - hours(30)));
  const old = inService(world, 'acme', 'dc-fra-01', now - days(90));
  void decommission(past(now - days(3), ['approve', 'remove']), old, wish(old, 'replaced by the new generation', now - days(3)));
  if (first) Object.assign(first, { conditionSince: isoTime(now - days(1)) });
}

function inService(world: World, tenant: string, datacenter: string, at: number): Asset {
  const asset = plan(undefined, DatacenterId.parse(datacenter), balanced, at);
  Object.assign(asset, build('dell'), { state: 'IN_SERVICE', tenantId: TenantId.parse(tenant), origin: 'adopted', bmcAddress: '10.20.4.17', proofs: [] });
  place(asset);
  Object.assign(asset, { facts: factsOf(asset, 'redfish'), inventory: factsOf(asset, 'validation-image') });
  world.assets.set(asset.id, asset);
  return asset;
}

function stock(world: World, now: number): void {
  const states: readonly State[] = ['READY', 'READY', 'READY', 'RECEIVED', 'RECEIVED', 'IN_SERVICE', 'IN_SERVICE', 'MAINTENANCE', 'HARDENED', 'STAGED'];
  for (const [place0, { id }] of world.datacenters.entries()) {
    for (const [index, state] of states.entries()) {
      const at = now - days(30) + hours(place0 * 7 + index);
      const asset = plan(undefined, id, index % 3 === 0 && state !== 'READY' ? balanced : small, at);
      Object.assign(asset, build(index % 2 ? 'hpe' : 'dell'), { state, origin: 'stock', stateSince: isoTime(now - minutes(40) * (index + 1)), bmcAddress: `10.2${place0}.0.${10 + index}`, ...(['IN_SERVICE', 'MAINTENANCE'].includes(state) && { tenantId: TenantId.parse(index % 2 ? 'globex' : 'acme') }) });
      if (state !== 'RECEIVED') place(asset);
      Object.assign(asset, { facts: factsOf(asset, 'redfish'), inventory: factsOf(asset, 'validation-image') });
      world.assets.set(asset.id, asset);
    }
  }
}

/** What should not happen and does: a stranger's serial number, cables in wrong ports, a burn-in that lasts, events nobody could handle. */
function oddities(world: World, now: number): void {
  const [stranger, miscabled, slow] = [...world.assets.values()].filter(({ state }) => state === 'HARDENED' || state === 'STAGED');
  if (stranger) Object.assign(stranger, { condition: 'quarantined', conditionDetail: { because: 'serial number', expected: stranger.serial, found: 'CZJ5000001' }, conditionSince: isoTime(now - hours(3)) });
  if (miscabled) {
    Object.assign(miscabled, { condition: 'failed', conditionDetail: { because: 'two cables are not where they were planned', attempts: 2 }, conditionSince: isoTime(now - hours(1)) });
    const finding = (n: number, of: { kind: string; severity: 'major' | 'minor'; place: string; expected: string; found: string }, resolvedAt: string | null) => ({ id: newId('finding', now + n), foundAt: isoTime(now - hours(2)), resolvedAt, ...of });
    world.findings.set(miscabled.id, [
      finding(1, { kind: 'cable', severity: 'major', place: 'NIC 1', expected: 'leaf-1a Ethernet12', found: 'leaf-1b Ethernet12' }, null),
      finding(2, { kind: 'memory', severity: 'major', place: '3 modules', expected: '128GB DDR5', found: '96 GB' }, isoTime(now - hours(1))),
    ]);
  }
  if (slow) Object.assign(slow, { stateSince: isoTime(now - days(3)) });
  const letter = (id: number, topic: string, consumer: string, cause: string) => world.deadLetters.set(id, { id, topic, consumer, cause, attempts: 8, eventId: newId('event', now), event: { type: `com.rackline.${topic}`, subject: 'srv_01J9ZX5Q8TQ4', data: { state: 'RACKED' } }, state: 'open', createdAt: isoTime(now - hours(id * 5)) });
  letter(1, 'assets.racked', 'mirror-state', 'NetBox answered 409: the rack unit is taken by another device');
  letter(2, 'tenant.server_delivered', 'notify-tenant', 'The mail server refused the recipient');
}
