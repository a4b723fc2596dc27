import type { ServerFacts } from '../../facts/server.ts';
import type { CablePlan, IntendedCable, PortType, Rack } from '../../ports/dcim.ts';
import type { Cable, Complaints, Device, PowerFeed, Termination } from './contract.ts';

/** NetBox's words for what we call states; a state not listed leaves NetBox's word as it is. */
const statuses = new Map([
  ['RECEIVED', 'inventory'],
  ['RACKED', 'planned'],
  ['CABLED', 'planned'],
  ['POWERED_ON', 'staged'],
  ['DISCOVERED', 'staged'],
  ['PHYSICAL_VALIDATED', 'staged'],
  ['FIRMWARE_UPDATING', 'staged'],
  ['HARDENED', 'staged'],
  ['STAGED', 'staged'],
  ['PROVISIONED_TO_VENDOR_TOOL', 'staged'],
  ['READY', 'staged'],
  ['SANITIZING', 'staged'],
  ['ASSIGNED_TO_TENANT', 'active'],
  ['IN_SERVICE', 'active'],
  ['MAINTENANCE', 'active'],
  ['DECOMMISSION_PROPOSED', 'active'],
  ['DECOMMISSIONING', 'decommissioning'],
  ['DECOMMISSIONED', 'offline'],
  ['CANCELLED', 'offline'],
  ['RETURNED_TO_VENDOR', 'offline'],
]);
export const statusOf = ({ state, condition }: { state: string; condition: string }): string | undefined =>
  condition === 'quarantined' ? 'failed' : statuses.get(state);

export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'unnamed';

/** For a model NetBox's own library does not hold. Two units are what most rack servers take. */
export const usualHeight = (model: string): number =>
  /\b(DL360|DL320|R6\d0|R6\d{2}5|SR630|1U)\b/i.test(model) ? 1 : 2;

export function toRack(
  rack: { id: number; name: string; u_height: number },
  around: {
    devices: readonly Device[];
    heights: ReadonlyMap<number, number>;
    feeds: readonly PowerFeed[];
    drawByDevice: ReadonlyMap<number, number>;
  },
): Rack {
  const inside = around.devices.filter((device) => device.rack?.id === rack.id);
  const budgets = around.feeds
    .filter(
      (feed) =>
        feed.rack?.id === rack.id &&
        feed.type?.value !== 'redundant' &&
        feed.status?.value !== 'failed' &&
        feed.status?.value !== 'offline',
    )
    .map(availableWatts);
  return {
    id: String(rack.id),
    name: rack.name,
    heightUnits: rack.u_height,
    occupied: inside
      .flatMap((device) =>
        device.position
          ? [
              {
                unit: Math.floor(device.position),
                heightUnits: Math.ceil(around.heights.get(device.device_type.id) ?? 1),
                name: device.name ?? device.serial ?? `device ${device.id}`,
              },
            ]
          : [],
      )
      .filter(({ heightUnits }) => heightUnits > 0)
      .sort((a, b) => a.unit - b.unit),
    powerBudgetWatts: budgets.length > 0 ? budgets.reduce((sum, watts) => sum + watts, 0) : undefined,
    powerAllocatedWatts: inside.reduce((sum, device) => sum + (around.drawByDevice.get(device.id) ?? 0), 0),
  };
}

/** As NetBox computes it. */
const availableWatts = (feed: PowerFeed): number =>
  Math.round(
    Math.abs(feed.voltage) *
      feed.amperage *
      (feed.max_utilization / 100) *
      (feed.phase?.value === 'three-phase' ? 1.732 : 1),
  );

/** Both ends of a cable as seen from one device; undefined where the far end has gone. */
export function toCablePlan(
  cable: Cable,
  deviceId: number,
  ports: ReadonlyMap<string, { mac?: string; isManagement: boolean }>,
): (CablePlan & { isConnected: boolean }) | undefined {
  const ends = [...cable.a_terminations, ...cable.b_terminations];
  const near = ends.find((end) => end.object?.device?.id === deviceId);
  const far = ends.find((end) => end !== near && end.object?.device !== undefined);
  if (!near?.object || !far?.object) return undefined;
  const port = ports.get(near.object.name);
  return {
    localPort: near.object.name,
    ...(port?.mac && { localMac: port.mac.toLowerCase() }),
    peerDevice: far.object.device?.name ?? `device ${far.object.device?.id}`,
    peerPort: far.object.name,
    kind: kindOf(near, port?.isManagement ?? false),
    isConnected: cable.status?.value === 'connected',
  };
}

/** The part after `x-`, where it is written otherwise than on the module. */
const formFactors = new Map([
  ['sfpp', 'SFP+'],
  ['qsfpp', 'QSFP+'],
  ['sfpdd', 'SFP-DD'],
  ['qsfpdd', 'QSFP-DD'],
]);

/**
 * `25gbase-x-sfp28` → 25000 Mbit/s, SFP28. A type that says neither (`other`, `virtual`) is unknown. A speed that was
 * set counts before the type's.
 */
export function toPortType(type: string | undefined, setKilobits?: number | null): PortType {
  const [, number, giga, rest] = /^(\d+(?:\.\d+)?)(g?)base-(.+)$/.exec(type ?? '') ?? [];
  const speedMbps = setKilobits
    ? setKilobits / 1000
    : number === undefined
      ? undefined
      : Number(number) * (giga ? 1000 : 1);
  const module = /^x-(.+)$/.exec(rest ?? '')?.[1];
  const formFactor =
    module === undefined
      ? /^tx?\d?$/.test(rest ?? '')
        ? 'RJ45'
        : undefined
      : (formFactors.get(module) ?? module.toUpperCase());
  return { ...(speedMbps !== undefined && { speedMbps }), ...(formFactor !== undefined && { formFactor }) };
}

/** What a cable is made of. NetBox tells more kinds apart than can be seen from a server. */
export const toMedium = (type: string | null | undefined): IntendedCable['medium'] =>
  type?.startsWith('dac')
    ? 'dac'
    : type === 'aoc'
      ? 'aoc'
      : /^[sm]mf/.test(type ?? '')
        ? 'fibre'
        : type?.startsWith('cat')
          ? 'copper'
          : undefined;

const kindOf = (end: Termination, isManagement: boolean): CablePlan['kind'] =>
  end.object_type === 'dcim.powerport' ? 'power' : isManagement ? 'management' : 'network';

/** What a rack holds in these units, for saying who is in the way. */
export const occupantAt = (rack: Rack, unit: number, heightUnits: number): string | undefined =>
  rack.occupied.find((device) => device.unit < unit + heightUnits && unit < device.unit + device.heightUnits)?.name;

export const reasonOf = (complaints: Complaints): string =>
  Object.entries(complaints)
    .map(([field, complaint]) => `${field}: ${[complaint].flat().join(' ')}`)
    .join('; ');

/** Facts are kept by who told them, so that what Redfish says does not hide what the validation image saw. */
export const mergeFacts = (known: unknown, facts: ServerFacts): Record<string, unknown> => {
  const { source, ...reported } = facts;
  return { ...(typeof known === 'object' && known !== null && !Array.isArray(known) ? known : {}), [source]: reported };
};

/** `127.101.0.7`, from itself or from a URL. */
export const hostOf = (address: string): string =>
  (URL.canParse(address) && address.includes('://') ? new URL(address).hostname : address).replace(/^\[|\]$/g, '');

export const withoutMask = (address: string): string => address.split('/')[0] ?? address;

/** The mask of the narrowest prefix around an address, or a host route where NetBox knows none. */
export const narrowestMask = (prefixes: readonly { prefix: string }[], host: string): number =>
  prefixes.reduce((widest, { prefix }) => Math.max(widest, Number(prefix.split('/')[1] ?? 0)), 0) ||
  (host.includes(':') ? 128 : 32);
