// Whose machine was given an address, and what is wrong about it. Pure: expected servers and observations are passed
// in.
import type { Anomaly } from '../../shared/domain/edge/edge.api.ts';
import { minutes } from '../../shared/kernel/durations.ts';
import type { Lease } from './lease.ts';
import { originOfMac, type MacOrigin } from './mac-origin.ts';
import type { Observation, Observations } from './observations.ts';

/** An anomaly with the server it concerns: the one whose MAC it is, or the one that was at the switch port before. */
export interface LocatedAnomaly {
  anomaly: Extract<Anomaly, { kind: 'duplicate-mac' | 'bonded' | 'moved' | 'swapped-board' | 'unexpected-origin' }>;
  serverId: string | undefined;
}

export interface Recognized {
  /** `bmc` and `host` are ports of an expected server. The vendor class of an unknown device may tell what it is. */
  who: { kind: 'bmc' | 'host'; serverId: string } | { kind: 'unknown'; seemsLike: 'bmc' | 'host' | 'unknown' };
  origin: MacOrigin;
  anomalies: readonly LocatedAnomaly[];
}

/** Whose port carries a MAC. */
export type FindServer = (mac: string) => { server: { id: string }; port: 'bmc' | 'host' } | undefined;

/** Observations closer than this count as simultaneous: a machine needs longer to be moved elsewhere and boot. */
const sameTime = minutes(2);

type Seen = Pick<Observations, 'of' | 'on'>;

/** Judges one lease by the observations before it. Record its own observation afterwards. */
export function recognize(lease: Lease, find: FindServer, seen: Seen): Recognized {
  const match = find(lease.mac);
  const origin = originOfMac(lease.mac);
  return {
    who: match
      ? { kind: match.port, serverId: match.server.id }
      : { kind: 'unknown', seemsLike: seemsLike(lease.vendorClass) },
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
    return [{ anomaly: { kind: 'bonded', circuits }, serverId }];
  const isSameTime = Math.abs(Date.parse(lease.at) - elsewhere.at) < sameTime;
  if (isSameTime) return [{ anomaly: { kind: 'duplicate-mac', circuits }, serverId }];
  const wasHereSince = seen
    .of(lease.mac)
    .some((observation) => observation.circuitId === circuitId && observation.at > elsewhere.at);
  return wasHereSince ? [] : [{ anomaly: { kind: 'moved', from: elsewhere.circuitId, to: circuitId }, serverId }];
}

/** A virtual machine of a tenant behind a server's port is no swapped board, and may move freely. */
function unknownDeviceAnomalies(lease: Lease, circuitId: string, origin: MacOrigin, seen: Seen): LocatedAnomaly[] {
  const before = latest(seen.on(circuitId).filter((observation) => observation.serverId !== undefined));
  if (origin.kind !== 'physical')
    return before === undefined
      ? []
      : [{ anomaly: { kind: 'unexpected-origin', circuitId, reason: origin.reason }, serverId: before.serverId }];
  const wentElsewhere =
    before &&
    seen.of(before.mac).some((observation) => observation.circuitId !== circuitId && observation.at > before.at);
  const isInItsPlace = before !== undefined && !wentElsewhere;
  return [
    ...locationAnomalies(lease, circuitId, undefined, seen),
    ...(isInItsPlace ? [{ anomaly: { kind: 'swapped-board' as const, circuitId }, serverId: before.serverId }] : []),
  ];
}

/**
 * What option 60 reveals: HPE's iLO says CPQRIB3 or iLO, Dell's iDRAC its name; boot ROMs what UEFI and PXE prescribe.
 */
function seemsLike(vendorClass = ''): 'bmc' | 'host' | 'unknown' {
  if (/^(idrac|ilo|cpqrib)/i.test(vendorClass)) return 'bmc';
  return /^(PXEClient|HTTPClient)/.test(vendorClass) ? 'host' : 'unknown';
}

const latest = (observations: readonly Observation[]) =>
  observations.reduce<Observation | undefined>((best, each) => (best && best.at >= each.at ? best : each), undefined);
