// What NetBox's models refuse beyond single fields: double places, double cables, double addresses.
import {
  allEnds,
  hostOf,
  objectOf,
  rowOf,
  rowsWith,
  valueOf,
  type NetboxState,
  type Row,
  type Termination,
} from './store.ts';

export type Complaints = Record<string, string[]>;
type Rule = (state: NetboxState, row: Row) => Complaints;

const span = (state: NetboxState, device: Row): [from: number, below: number] | undefined => {
  const from = Number(device['position'] ?? 0);
  const height = Number(
    valueOf('dcim/device-types', rowOf(state, 'dcim/device-types', device['device_type']) ?? { id: 0 }, 'u_height') ??
      1,
  );
  return from > 0 ? [from, from + height] : undefined;
};

const placing: Rule = (state, device): Complaints => {
  const rack = rowOf(state, 'dcim/racks', device['rack']);
  if (!rack) {
    if (device['face']) return { face: ['Cannot select a rack face without assigning a rack.'] };
    return device['position'] ? { position: ['Cannot select a rack position without assigning a rack.'] } : {};
  }
  if (rack['site'] !== device['site']) return { rack: ['The rack does not belong to the site of the device.'] };
  const own = span(state, device);
  if (!own) return {};
  if (!device['face']) return { face: ['Must specify rack face when defining rack position.'] };
  const height = Number(valueOf('dcim/racks', rack, 'u_height'));
  const others = rowsWith(state, 'dcim/devices', 'rack', rack.id).filter((other) => other.id !== device.id);
  const isTaken = others.some((other) => {
    const place = span(state, other);
    return place !== undefined && place[0] < own[1] && own[0] < place[1];
  });
  const type = rowOf(state, 'dcim/device-types', device['device_type']);
  return isTaken || own[1] > height + 1
    ? {
        position: [
          `U${own[0]} is already occupied or does not have sufficient space to accommodate this device ` +
            `type: ${String(type?.['model'])} (${own[1] - own[0]}U)`,
        ],
      }
    : {};
};

const outOfBand: Rule = (state, device): Complaints => {
  const address = rowOf(state, 'ipam/ip-addresses', device['oob_ip']);
  if (!address) return {};
  const port = objectOf(state, address['assigned_object_type'], address['assigned_object_id']);
  return port?.['device'] === device.id
    ? {}
    : { oob_ip: [`The specified IP address (${String(address['address'])}) is not assigned to this device.`] };
};

const primaryMac: Rule = (state, port): Complaints => {
  const mac = rowOf(state, 'dcim/mac-addresses', port['primary_mac_address']);
  return !mac || mac['assigned_object_id'] === port.id
    ? {}
    : { primary_mac_address: [`MAC address ${String(mac['mac_address'])} is assigned to a different interface.`] };
};

const mates: Record<string, readonly string[]> = {
  'dcim.interface': ['dcim.interface'],
  'dcim.powerport': ['dcim.poweroutlet', 'dcim.powerfeed'],
  'dcim.poweroutlet': ['dcim.powerport'],
  'dcim.powerfeed': ['dcim.powerport'],
};

const cabling: Rule = (state, cable): Complaints => {
  const ends = allEnds(cable);
  const complaints = ends.flatMap((end) => terminationComplaint(state, cable, end));
  const [first, second] = ends;
  if (first && second && !mates[first.object_type]?.includes(second.object_type))
    complaints.push(`Incompatible termination types: ${first.object_type} and ${second.object_type}`);
  return complaints.length > 0 ? { __all__: complaints } : {};
};

function terminationComplaint(state: NetboxState, cable: Row, end: Termination): string[] {
  const port = objectOf(state, end.object_type, end.object_id);
  if (!port) return [`${end.object_type} ${end.object_id} does not exist.`];
  if (end.object_type === 'dcim.interface' && ['virtual', 'lag'].includes(String(port['type'])))
    return [`Cables cannot be terminated to ${String(port['type'])} interfaces`];
  if (port['mark_connected'] === true) return ['Cannot connect a cable to a port that is marked as connected.'];
  return port['cable'] !== undefined && port['cable'] !== cable.id
    ? [`Duplicate termination found for ${end.object_type} ${end.object_id}: cable ${String(port['cable'])}`]
    : [];
}

const oneAddress: Rule = (state, row): Complaints => {
  const twin = rowsWith(state, 'ipam/ip-addresses', 'host', hostOf(row['address'])).find(
    (other) => other.id !== row.id,
  );
  return twin ? { address: [`Duplicate IP address found in global table: ${String(twin['address'])}`] } : {};
};

export const rules: Readonly<Record<string, readonly Rule[]>> = {
  'dcim/devices': [placing, outOfBand],
  'dcim/interfaces': [primaryMac],
  'dcim/cables': [cabling],
  'ipam/ip-addresses': [oneAddress],
};
