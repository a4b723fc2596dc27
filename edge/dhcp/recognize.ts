// Who asked for an address, and what is odd about it. Pure: the list of expected servers and the memory are handed in.
import { minutes } from '../../shared/clock.ts';
import type { Lease } from './lease.ts';
import { originOfMac, type MacOrigin } from './mac-origin.ts';
import type { Sighting, Sightings } from './sightings.ts';

export type Remark =
  /** One MAC on two switch ports at a time, not both of one server: one of the two machines is not what it says. */
  | { kind: 'duplicate-mac'; circuits: readonly [string, string] }
  /** One MAC on two switch ports that both lead to one server: its ports act as one. */
  | { kind: 'bonded'; circuits: readonly [string, string] }
  /** It was elsewhere before. */
  | { kind: 'moved'; from: string; to: string }
  /** A stranger where a known server was: a new mainboard or network card, or another machine. */
  | { kind: 'swapped-board'; serverId: string; circuitId: string };

export interface Recognized {
  /** `bmc` and `host` are ports of an expected server; a stranger may say by its vendor class which of the two it is. */
  who: { kind: 'bmc' | 'host'; serverId: string } | { kind: 'stranger'; seemsLike: 'bmc' | 'host' | 'unknown' };
  origin: MacOrigin;
  remarks: readonly Remark[];
}

/** Whose port carries a MAC. */
export type FindServer = (mac: string) => { server: { id: string }; port: 'bmc' | 'host' } | undefined;

/** Two sightings nearer than this are at the same time: a machine needs longer to be carried elsewhere and boot. */
const sameTime = minutes(2);

/** Judges one lease. `seen` holds what was seen before it; note the lease there afterwards. */
export function recognize(lease: Lease, find: FindServer, seen: Pick<Sightings, 'of' | 'on'>): Recognized {
  const match = find(lease.mac);
  return {
    who: match ? { kind: match.port, serverId: match.server.id } : { kind: 'stranger', seemsLike: seemsLike(lease.vendorClass) },
    origin: originOfMac(lease.mac),
    remarks: lease.circuitId === undefined ? [] : [...placeRemarks(lease, lease.circuitId, match?.server.id, seen), ...(match ? [] : strangerRemarks(lease.circuitId, seen))],
  };
}

function placeRemarks(lease: Lease, circuitId: string, serverId: string | undefined, seen: Pick<Sightings, 'of' | 'on'>): Remark[] {
  const elsewhere = latest(seen.of(lease.mac).filter((sighting) => sighting.circuitId !== circuitId));
  if (elsewhere === undefined) return [];
  const circuits = [elsewhere.circuitId, circuitId] as const;
  // The ports of a bond ask with the address of one of them; before the bond was made, each asked with its own.
  const leadsToServer = (circuit: string) => seen.on(circuit).some((sighting) => sighting.serverId === serverId && sighting.mac !== lease.mac);
  if (serverId !== undefined && circuits.some(leadsToServer)) return [{ kind: 'bonded', circuits }];
  const isSameTime = Math.abs(Date.parse(lease.at) - elsewhere.at) < sameTime;
  if (isSameTime) return [{ kind: 'duplicate-mac', circuits }];
  const wasHereSince = seen.of(lease.mac).some((sighting) => sighting.circuitId === circuitId && sighting.at > elsewhere.at);
  return wasHereSince ? [] : [{ kind: 'moved', from: elsewhere.circuitId, to: circuitId }];
}

function strangerRemarks(circuitId: string, seen: Pick<Sightings, 'of' | 'on'>): Remark[] {
  const before = latest(seen.on(circuitId).filter((sighting) => sighting.serverId !== undefined));
  if (before?.serverId === undefined) return [];
  const wentElsewhere = seen.of(before.mac).some((sighting) => sighting.circuitId !== circuitId && sighting.at > before.at);
  return wentElsewhere ? [] : [{ kind: 'swapped-board', serverId: before.serverId, circuitId }];
}

/** What option 60 gives away: HPE's iLO says CPQRIB3 or iLO, Dell's iDRAC its name; boot ROMs what UEFI and PXE prescribe. */
function seemsLike(vendorClass = ''): 'bmc' | 'host' | 'unknown' {
  if (/^(idrac|ilo|cpqrib)/i.test(vendorClass)) return 'bmc';
  return /^(PXEClient|HTTPClient)/.test(vendorClass) ? 'host' : 'unknown';
}

const latest = (sightings: readonly Sighting[]) => sightings.reduce<Sighting | undefined>((best, each) => (best && best.at >= each.at ? best : each), undefined);
