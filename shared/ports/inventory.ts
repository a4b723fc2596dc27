import type { ServerFacts } from '../facts.ts';
import type { DatacenterId, ServerId, TenantId } from '../ids.ts';

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

/**
 * Physical truth (NetBox): racks, devices, cables, addresses. It wins on physical facts; we win on state and
 * ownership, and mirror those into it. Devices are found by our server id, then by serial.
 */
export interface Inventory {
  listDatacenters(): Promise<{ id: DatacenterId; name: string; region: string }[]>;
  listRacks(datacenter: DatacenterId): Promise<Rack[]>;
  /** Creates the device or adopts the one with this serial. Its height is that of its type in NetBox. */
  ensureDevice(device: { serverId: ServerId; serial: string; model: string; manufacturer: string; datacenter: DatacenterId; macs: string[]; bmcMac: string }): Promise<{ deviceId: string; heightUnits: number }>;
  /** Removes what ensureDevice made; a record that was only adopted stays, without our marks. */
  removeDevice(serverId: ServerId): Promise<void>;
  placeDevice(serverId: ServerId, place: RackPlace): Promise<{ outcome: 'placed' } | { outcome: 'taken'; by: string }>;
  unplaceDevice(serverId: ServerId): Promise<void>;
  /** Chooses free switch, management and power ports near the rack, and records planned cables. */
  planCables(serverId: ServerId): Promise<CablePlan[]>;
  readCables(serverId: ServerId): Promise<(CablePlan & { isConnected: boolean })[]>;
  confirmCables(serverId: ServerId): Promise<void>;
  removeCables(serverId: ServerId): Promise<void>;
  /** Notes the address at which the BMC answers (`127.101.0.7`, or a URL whose host is taken). */
  recordBmcAddress(serverId: ServerId, address: string): Promise<void>;
  releaseBmcAddress(serverId: ServerId): Promise<void>;
  /** Does nothing for a server NetBox does not hold yet, or no longer. */
  mirrorState(serverId: ServerId, mirror: { state: string; condition: string }): Promise<void>;
  recordFacts(serverId: ServerId, facts: ServerFacts): Promise<void>;
  setTenant(serverId: ServerId, tenant: TenantId | null): Promise<void>;
}
