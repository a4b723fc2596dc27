import type { Anomaly } from '../../shared/domain/edge/edge.api.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days, hours } from '../../shared/kernel/durations.ts';
import { liesWithin } from '../../shared/kernel/http-client/networks.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import { InTurn } from '../kernel/in-turn.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { ReportedCache } from '../kernel/reported-cache.ts';
import type { Store } from '../kernel/store.ts';
import type { EdgeEventBody, Emit } from '../platform/emit.ts';
import type { Expected, Match } from '../platform/expected.ts';
import { bmcUrl } from './bmc-address.ts';
import { LeaseMemory, type KnownLease } from './lease-memory.ts';
import { leaseKey, type Lease } from './lease.ts';
import { Observations } from './observations.ts';
import { recognize, type Recognized } from './recognize.ts';

export interface LeaseTrackerOptions {
  datacenter: string;
  expected: Pick<Expected, 'find' | 'isKnown' | 'refreshSoon'>;
  store: Store;
  reported: ReportedCache;
  emit: Emit;
  /** `https://{address}`: see bmc-address.ts. */
  bmcUrlTemplate: string;
  /** Where BMCs may be; undefined before the platform has said so: then anywhere. */
  managementPrefixes: () => readonly string[] | undefined;
  time: Scheduler;
  log: EdgeLog;
}

export interface LeaseStatus {
  /** Since the start. */
  heard: number;
  last: { mac: string; address: string; at: string } | null;
}

/** A lease that is only renewed is reported no more often than this: in case the platform has lost it. */
const reportAgainAfter = hours(6);
/** An anomaly that persists is reported again: its task may have been closed without repair. */
const remindAfter = days(1);
/** Unknown devices heard longer ago than this are not judged again. */
const unknownKept = days(1);

/** Judges every lease, whatever its source: whose machine it is, which anomalies it shows, and what to report. */
export class LeaseTracker {
  readonly #options: LeaseTrackerOptions;
  readonly #memory: LeaseMemory;
  readonly #observations: Observations;
  readonly #turns = new InTurn();
  #heard = 0;
  #last: LeaseStatus['last'] = null;

  constructor(options: LeaseTrackerOptions) {
    this.#options = options;
    this.#memory = new LeaseMemory(options.store);
    this.#observations = new Observations(options.store);
  }

  /** Takes a new lease. Resolves when its events are on disk; then its source may drop it. */
  async take(lease: Lease): Promise<void> {
    this.#heard += 1;
    this.#last = { mac: lease.mac, address: lease.address, at: lease.at };
    await this.#turns.do(lease.mac, () => this.#judge(lease));
  }

  /** Takes a lease that a DHCP server holds: it counts only if its machine was not heard since. */
  async takeHeld(lease: Lease): Promise<void> {
    const known = this.#memory.of(lease.mac);
    if (known === undefined || known.at < Date.parse(lease.at)) await this.take(lease);
  }

  /** Call it when the list of expected servers has changed: devices that were unknown may be known now. */
  async review(): Promise<void> {
    const { expected, time } = this.#options;
    for (const unknown of this.#memory.unknownSince(time.now() - unknownKept)) {
      if (expected.find(MacAddress.parse(unknown.mac)))
        await this.#turns.do(unknown.mac, () => this.#judge(leaseOf(unknown)));
    }
  }

  status(): LeaseStatus {
    return { heard: this.#heard, last: this.#last };
  }

  /** The lease is recorded last: after a crash before that, events are emitted twice rather than never. */
  async #judge(lease: Lease): Promise<void> {
    const { expected, managementPrefixes, bmcUrlTemplate } = this.#options;
    const mac = MacAddress.parse(lease.mac);
    const match = expected.find(mac);
    const judged = recognize(lease, () => match, this.#observations);
    for (const { anomaly, serverId } of judged.anomalies) await this.#reportAnomaly(mac, serverId, anomaly);

    const prefixes = managementPrefixes();
    const url = bmcUrl(bmcUrlTemplate, lease);
    const isOutside = prefixes !== undefined && !liesWithin(prefixes, url);
    const isBmcOutside = isOutside && match?.port === 'bmc';
    if (isBmcOutside)
      await this.#reportAnomaly(mac, match.server.id, {
        kind: 'outside-prefixes',
        address: lease.address,
        prefixes: [...prefixes],
      });
    const event = isBmcOutside ? undefined : this.#eventOf(lease, mac, match, judged, isOutside ? undefined : url);
    const reported = await this.#reportLease(mac, event);

    this.#observations.note(lease, match?.server.id);
    this.#memory.note({
      ...lease,
      circuitId: lease.circuitId,
      port: lease.port,
      vendorClass: lease.vendorClass,
      hostname: lease.hostname,
      at: Date.parse(lease.at),
      isUnknown: match === undefined,
      ...reported,
    });
  }

  #eventOf(
    lease: Lease,
    mac: MacAddress,
    match: Match | undefined,
    { origin }: Recognized,
    url: string | undefined,
  ): EdgeEventBody {
    const { expected } = this.#options;
    const { address, circuitId, hostname, vendorClass } = lease;
    // Behind a MAC that software made up is no machine that one could go to. Without a list no device is unknown.
    const isUnknown = match === undefined && expected.isKnown && origin.kind === 'physical';
    const leased = {
      id: `${leaseKey(lease)}-${match ? `${match.server.id}-${match.server.version}` : 'unknown'}`,
      mac,
      address,
      ...(circuitId !== undefined && { circuitId }),
      ...(url !== undefined && { bmcUrl: url }),
    };
    if (!isUnknown) return { kind: 'dhcp-lease', ...leased };
    const about = [vendorClass && `vendor class ${vendorClass}`, hostname && `host name ${hostname}`]
      .filter(Boolean)
      .join(', ')
      .slice(0, 500);
    return { kind: 'unknown-device', ...leased, ...(about && { about }) };
  }

  /** Answers what is to be recorded as reported. */
  async #reportLease(
    mac: MacAddress,
    event: EdgeEventBody | undefined,
  ): Promise<Pick<KnownLease, 'reported' | 'reportedAt'>> {
    const { expected, emit, time, log, datacenter } = this.#options;
    const { reported = '', reportedAt = 0 } = this.#memory.of(mac) ?? {};
    if (event === undefined) return { reported: '', reportedAt: time.now() };
    // All but the time of the lease.
    const match = expected.find(mac);
    const content = JSON.stringify([{ ...event, id: undefined }, match?.server.id, match?.server.version]);
    if (content === reported && Math.abs(time.now() - reportedAt) < reportAgainAfter) return { reported, reportedAt };
    if (event.kind === 'unknown-device') log.unknownDevice({ datacenter, mac });
    await emit(event);
    if (match === undefined) void expected.refreshSoon();
    return { reported: content, reportedAt: time.now() };
  }

  async #reportAnomaly(mac: MacAddress, serverId: string | undefined, anomaly: Anomaly): Promise<void> {
    const { reported, emit, log, datacenter } = this.#options;
    // Two machines with one MAC ask in turn: it is one case whichever asked last.
    const sorted = 'circuits' in anomaly ? { ...anomaly, circuits: [...anomaly.circuits].sort() } : anomaly;
    const key = `anomaly ${mac} ${JSON.stringify([serverId, sorted])}`;
    if (!reported.isDue(key, '', remindAfter)) return;
    log.anomaly({ datacenter, mac, reason: JSON.stringify(anomaly) });
    await emit({ kind: 'anomaly', mac, ...(serverId !== undefined && { serverId }), anomaly });
    reported.record(key, '');
  }
}

const leaseOf = ({ mac, address, circuitId, port, vendorClass, hostname, at }: KnownLease): Lease => ({
  mac,
  address,
  at: isoTime(at),
  ...(circuitId !== undefined && { circuitId }),
  ...(port !== undefined && { port }),
  ...(vendorClass !== undefined && { vendorClass }),
  ...(hostname !== undefined && { hostname }),
});
