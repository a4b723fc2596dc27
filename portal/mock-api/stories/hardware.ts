import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { ServerConfig, ServerFacts } from '../../../shared/facts/server.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { ServerId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';

const models = {
  hpe: { manufacturer: 'HPE', model: 'ProLiant DL380 Gen11', oui: '5c:ba:2c' },
  dell: { manufacturer: 'Dell', model: 'PowerEdge R760', oui: 'b0:7b:25' },
} as const;
export type Vendor = keyof typeof models;

let built = 0;
const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** A machine as the vendor builds it: serial number and addresses that nobody else has. */
export function build(vendor: Vendor): Pick<Asset, 'serial' | 'manufacturer' | 'model' | 'bmcMac' | 'macs'> {
  built += 1;
  const { oui, manufacturer, model } = models[vendor];
  const serial =
    vendor === 'hpe'
      ? `CZJ5${String(2_000 + built * 7).padStart(5, '0')}K`
      : `${(built * 7919 + 500_000).toString(36).toUpperCase().padStart(5, 'J')}4Z3`;
  const mac = (n: number) => `${oui}:${hex(built >> 8)}:${hex(built & 255)}:${hex(n)}`;
  return { serial, manufacturer, model, bmcMac: mac(0), macs: [mac(1), mac(2)] };
}

/** A server from its order line on. */
export function plan(
  order: Pick<Order, 'id' | 'datacenterId'> | undefined,
  datacenterId: Asset['datacenterId'],
  config: ServerConfig,
  at: number,
): Asset {
  const now = isoTime(at);
  return {
    id: ServerId.parse(newId('server', at)),
    state: 'ORDERED',
    stateSince: now,
    version: 1,
    condition: 'working',
    conditionDetail: {},
    conditionSince: now,
    origin: 'bought',
    datacenterId,
    orderId: order?.id ?? null,
    boughtFor: order?.id ?? null,
    orderLineId: null,
    tenantId: null,
    config,
    manufacturer: null,
    model: null,
    serial: null,
    bmcMac: null,
    macs: [],
    manifest: null,
    bmcAddress: null,
    bmcSeenAt: null,
    bmcSecretRef: null,
    facts: null,
    measured: null,
    measuredAt: null,
    disposition: null,
    createdAt: now,
    updatedAt: now,
    rackName: null,
    rackUnit: null,
    heightUnits: 2,
  };
}

let placed = 0;
/** The next free place of a datacenter. */
export function place(asset: Asset): void {
  placed += 1;
  Object.assign(asset, {
    rackName: `R${String(1 + (placed % 12)).padStart(2, '0')}`,
    rackUnit: 2 + ((placed * 2) % 38),
  });
}

/** What the machine says of itself: what was ordered, part by part. */
export function factsOf(
  { serial, manufacturer, model, config, macs }: Asset,
  source: ServerFacts['source'],
): ServerFacts {
  const times = (text: string) => Number(/^(\d+)\s*x/i.exec(text)?.[1] ?? 1);
  const size = (text: string) => Number(/([\d.]+)\s*(?:TB|GB)/i.exec(text)?.[1] ?? 1);
  const gigabytes = size(config.ram);
  return {
    source,
    identity: { serial: serial ?? undefined, manufacturer: manufacturer ?? undefined, model: model ?? undefined },
    power: 'on',
    health: 'ok',
    processors: Array.from({ length: times(config.cpu) }, (_, n) => ({
      socket: `CPU ${n + 1}`,
      model: config.cpu.replace(/^\d+x\s*/, ''),
      cores: 32,
      threads: 64,
    })),
    memory: {
      totalMiB: gigabytes * 1024,
      modules: Array.from({ length: gigabytes / 32 }, (_, n) => ({
        slot: `A${n + 1}`,
        sizeMiB: 32_768,
        manufacturer: 'Samsung',
        speedMtps: 4800,
      })),
    },
    drives: Array.from({ length: times(config.storage) }, (_, n) => ({
      name: `Bay ${n}`,
      model: 'KIOXIA CM7-R',
      serial: `${serial}-D${n}`,
      sizeBytes: size(config.storage) * (/TB/i.test(config.storage) ? 1e12 : 1e9),
      media: /NVMe/i.test(config.storage) ? 'nvme' : /HDD/i.test(config.storage) ? 'hdd' : 'ssd',
      health: 'ok',
    })),
    networkPorts: macs.map((mac, n) => ({
      name: `NIC ${n + 1}`,
      mac,
      speedMbps: size(config.network.replace(/GbE/i, 'GB').replace(/^\d+x\s*/, '')) * 1000,
      isLinkUp: true,
    })),
    firmware: [
      { component: 'bios', name: 'BIOS', version: '2.22' },
      {
        component: 'bmc',
        name: manufacturer === 'Dell' ? 'iDRAC' : 'iLO',
        version: manufacturer === 'Dell' ? '7.10.30' : '1.58',
      },
    ],
  };
}
