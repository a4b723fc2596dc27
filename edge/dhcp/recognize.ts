// Who asked for an address, and what is odd about it. Pure: the list of expected servers and the memory are handed in.
import type { Remark } from '../../shared/domain/edge/edge.api.ts';
import { minutes } from '../../shared/kernel/durations.ts';
import type { Lease } from './lease.ts';
import { originOfMac, type MacOrigin } from './mac-origin.ts';
import type { Observation, Observations } from './observations.ts';

/** A remark with the server it concerns: whose MAC it is, or who was there before. */
export interface LocatedAnomaly {
  remark: Extract<Remark, { kind: 'duplicate-mac' | 'bonded' | 'moved' | 'swapped-board' | 'odd-origin' }>;
  serverId: string | undefined;
}

export interface Recognized {
  /**
   * `bmc` and `host` are ports of an expected server; a stranger may say by its vendor class which of the two it is.
   */
  who: { kind: 'bmc' | 'host'; serverId: string } | { kind: 'stranger'; seemsLike: 'bmc' | 'host' | 'unknown' };
  origin: MacOrigin;
  anomalies: readonly LocatedAnomaly[];
}

/** Whose port carries a MAC. */
export type FindServer = (mac: string) => { server: { id: string }; port: 'bmc' | 'host' } | undefined;

/** Two sightings nearer than this are at the same time: a machine needs longer to be carried elsewhere and boot. */
const sameTime = minutes(2);

type Seen = Pick<Observations, 'of' | 'on'>;

/** Judges one lease. `seen` holds what was seen before it; note the lease there afterwards. */
export function recognize(lease: Lease, find: FindServer, seen: Seen): Recognized {
  const match = find(lease.mac);
  const origin = originOfMac(lease.mac);
  return {
    who: match
      ? { kind: match.port, serverId: match.server.id }
      : { kind: 'stranger', seemsLike: seemsLike(lease.vendorClass) },
    origin,
    anomalies:
      lease.circuitId === undefined
        ? []
        : match
          ? locationAnomalies(lease, lease.circuitId, match.server.id, seen)
          : unknownDeviceAnomalies(lease, lease.circuitId, origin, seen),
  };
}

function locationAnomalies(
  lease: Lease,
  circuitId: string,
  serverId: string | undefined,
  seen: Seen,
): LocatedAnomaly[] {
  const elsewhere = latest(seen.of(lease.mac).filter((observation) => observation.circuitId !== circuitId));
  if (elsewhere === undefined) return [];
  const circuits: [string, string] = [elsewhere.circuitId, circuitId];
  // The ports of a bond ask with the address of one of them; before the bond was made, each asked with its own.
  const leadsToServer = (circuit: string) =>
    seen.on(circuit).some((observation) => observation.serverId === serverId && observation.mac !== lease.mac);
  if (serverId !== undefined && circuits.some(leadsToServer))
    return [{ remark: { kind: 'bonded', circuits }, serverId }];
  const isSameTime = Math.abs(Date.parse(lease.at) - elsewhere.at) < sameTime;
  if (isSameTime) return [{ remark: { kind: 'duplicate-mac', circuits }, serverId }];
  const wasHereSince = seen
    .of(lease.mac)
    .some((observation) => observation.circuitId === circuitId && observation.at > elsewhere.at);
  return wasHereSince ? [] : [{ remark: { kind: 'moved', from: elsewhere.circuitId, to: circuitId }, serverId }];
}

/** A tenant's virtual machine behind a server's port is no swapped board, and it may move as it likes. */
function unknownDeviceAnomalies(lease: Lease, circuitId: string, origin: MacOrigin, seen: Seen): LocatedAnomaly[] {
  const before = latest(seen.on(circuitId).filter((observation) => observation.serverId !== undefined));
  if (origin.kind !== 'physical')
    return before === undefined
      ? []
      : [{ remark: { kind: 'odd-origin', circuitId, reason: origin.reason }, serverId: before.serverId }];
  const wentElsewhere =
    before &&
    seen.of(before.mac).some((observation) => observation.circuitId !== circuitId && observation.at > before.at);
  const isInItsPlace = before !== undefined && !wentElsewhere;
  return [
    ...locationAnomalies(lease, circuitId, undefined, seen),
    ...(isInItsPlace ? [{ remark: { kind: 'swapped-board' as const, circuitId }, serverId: before.serverId }] : []),
  ];
}

/**
 * What option 60 gives away: HPE's iLO says CPQRIB3 or iLO, Dell's iDRAC its name; boot ROMs what UEFI and PXE
 * prescribe.
 */
function seemsLike(vendorClass = ''): 'bmc' | 'host' | 'unknown' {
  if (/^(idrac|ilo|cpqrib)/i.test(vendorClass)) return 'bmc';
  return /^(PXEClient|HTTPClient)/.test(vendorClass) ? 'host' : 'unknown';
}

const latest = (observations: readonly Observation[]) =>
  observations.reduce<Observation | undefined>((best, each) => (best && best.at >= each.at ? best : each), undefined);
