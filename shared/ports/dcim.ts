import type { ServerFacts } from '../facts/server.ts';
import type { DatacenterId, ServerId, TenantId } from '../kernel/ids.ts';

/** A place for one server: rack, lowest unit (counted from 1 at the bottom) and height. */
export interface RackPlace {
  rackId: string;
  rackName: string;
  unit: number;
  heightUnits: number;
}
export interface Rack {
  id: string;
  name: string;
  heightUnits: number;
  /** Units in use, lowest first. */
  occupied: { unit: number; heightUnits: number; name: string }[];
  powerBudgetWatts: number | undefined;
  powerAllocatedWatts: number;
}
/** One cable that ought to be there. Ports are named as on the machine and on the switch. */
export interface CablePlan {
  localPort: string;
  /** The port's own MAC where it has one: what LLDP and the validation image know it by. */
  localMac?: string;
  peerDevice: string;
  peerPort: string;
  kind: 'network' | 'management' | 'power';
}
/** What a port is built for, as far as the inventory says. */
export interface PortType {
  speedMbps?: number;
  /** What is plugged into it: `RJ45`, `SFP28`, `QSFP28` … */
  formFactor?: string;
}
/** A cable as it is recorded: what it is, and what the ports at its two ends are built for. */
export interface IntendedCable extends CablePlan {
  isConnected: boolean;
  local: PortType;
  peer: PortType;
  /** The far port's own MAC address, where it is known: some switches name their ports by it. */
  peerMac?: string;
  medium?: 'copper' | 'fibre' | 'dac' | 'aoc';
}
/** What every machine of a model has, from its type in the inventory. Empty lists: nobody has described that. */
export interface ModelProfile {
  manufacturer: string;
  model: string;
  heightUnits: number;
  networkPorts: (PortType & { name: string })[];
  managementPorts: string[];
  powerPorts: string[];
  /** Places for cards and drives: what a machine may have beyond its own ports. */
  bays: string[];
}
/** A port as it was found on the machine. */
export interface MeasuredPort {
  mac: string;
  /** What the machine's own system calls it. */
  name: string;
}

/**
 * Physical truth (NetBox): racks, devices, cables, addresses. It wins on physical facts; we win on state and
 * ownership, and mirror those into it. Devices are found by our server id, then by serial.
 */
export interface Dcim {
  listDatacenters(): Promise<{ id: DatacenterId; name: string; region: string }[]>;
  listRacks(datacenter: DatacenterId): Promise<Rack[]>;
  /**
   * Creates the device or adopts the one with this serial. Its height is that of its type in NetBox. Its MAC addresses
   * go to the ports that its type gives it, as far as those are as fast as `portSpeedMbps`; ports are added for the
   * rest.
   */
  ensureDevice(device: {
    serverId: ServerId;
    serial: string;
    model: string;
    manufacturer: string;
    datacenter: DatacenterId;
    macs: string[];
    bmcMac: string;
    portSpeedMbps?: number | undefined;
  }): Promise<{ deviceId: string; heightUnits: number }>;
  /** Removes what ensureDevice made; a record that was only adopted stays, without our marks. */
  removeDevice(serverId: ServerId): Promise<void>;
  placeDevice(serverId: ServerId, place: RackPlace): Promise<{ outcome: 'placed' } | { outcome: 'taken'; by: string }>;
  unplaceDevice(serverId: ServerId): Promise<void>;
  /**
   * Chooses free switch, management and power ports near the rack, and records planned cables: of the network ports,
   * for those with these MAC addresses.
   */
  planCables(serverId: ServerId, macs: readonly string[]): Promise<CablePlan[]>;
  readCables(serverId: ServerId): Promise<IntendedCable[]>;
  /** Marks these of the planned cables as connected, by the server's own end. */
  confirmCables(serverId: ServerId, localPorts: readonly string[]): Promise<void>;
  removeCables(serverId: ServerId): Promise<void>;
  /** Notes the address at which the BMC answers (`127.101.0.7`, or a URL whose host is taken). */
  recordBmcAddress(serverId: ServerId, address: string): Promise<void>;
  releaseBmcAddress(serverId: ServerId): Promise<void>;
  /** Does nothing for a server NetBox does not hold yet, or no longer. */
  mirrorState(serverId: ServerId, mirror: { state: string; condition: string }): Promise<void>;
  recordFacts(serverId: ServerId, facts: ServerFacts): Promise<void>;
  readProfile(serverId: ServerId): Promise<ModelProfile>;
  /**
   * Sees to it that the inventory has an interface for each of these, found by its MAC address, with its name on the
   * machine.
   */
  recordPorts(serverId: ServerId, ports: readonly MeasuredPort[]): Promise<void>;
  setTenant(serverId: ServerId, tenant: TenantId | null): Promise<void>;
}
