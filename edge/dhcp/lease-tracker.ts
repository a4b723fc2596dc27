import type { Remark } from '../../shared/domain/edge/edge.api.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days, hours } from '../../shared/kernel/durations.ts';
import { liesWithin } from '../../shared/kernel/http-client/networks.ts';
import { InTurn } from '../kernel/in-turn.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { ReportedCache } from '../kernel/reported-cache.ts';
import type { Store } from '../kernel/store.ts';
import type { EdgeTime } from '../kernel/time.ts';
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
  /** Where BMCs may be; undefined where nobody has said so yet, which allows everywhere. */
  managementPrefixes: () => readonly string[] | undefined;
  time: EdgeTime;
  log: EdgeLog;
}

export interface LeaseStatus {
  /** Since the start. */
  heard: number;
  last: { mac: string; address: string; at: string } | null;
}

/**
 * A lease that is renewed tells nothing new. Now and then it is told all the same, should the platform have lost it.
 */
const reportAgainAfter = hours(6);
/** An oddity that goes on is told again: somebody may have closed its task without mending it. */
const remindAfter = days(1);
/** How long ago a machine that nobody expected may have been heard to be looked at again. */
const unknownKept = days(1);

/**
 * Judges every lease, from whichever server it came: whose machine it is, what is odd about it, and what of that the
 * platform has to hear.
 */
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

  /**
   * A machine was given an address just now. Resolves when what there is to tell is on disk; then the lease may be
   * forgotten elsewhere.
   */
  async take(lease: Lease): Promise<void> {
    this.#heard += 1;
    this.#last = { mac: lease.mac, address: lease.address, at: lease.at };
    await this.#turns.do(lease.mac, () => this.#judge(lease));
  }

  /** A DHCP server holds this lease. It is news only where its machine was not heard since. */
  async takeKept(lease: Lease): Promise<void> {
    const known = this.#memory.of(lease.mac);
    if (known === undefined || known.at < Date.parse(lease.at)) await this.take(lease);
  }

  /** The list of expected servers has changed: whoever was a stranger lately may have a name now. */
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

  /** What it notes last is what makes it not be told again: a crash before that has it told twice, never not at all. */
  async #judge(lease: Lease): Promise<void> {
    const { expected, managementPrefixes, bmcUrlTemplate } = this.#options;
    const mac = MacAddress.parse(lease.mac);
    const match = expected.find(mac);
    const judged = recognize(lease, () => match, this.#observations);
    for (const { remark, serverId } of judged.anomalies) await this.#reportAnomaly(mac, serverId, remark);

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
    // An unlisted address that software made up is no machine one could go to. And without a list nobody is unknown.
    const isUnknown = match === undefined && expected.isKnown && origin.kind === 'physical';
    const leased = {
      id: `${leaseKey(lease)}-${match ? `${match.server.id}-${match.server.version}` : 'stranger'}`,
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
    return { kind: 'unknown-machine', ...leased, ...(about && { about }) };
  }

  /** Answers what is to be remembered as told. */
  async #reportLease(
    mac: MacAddress,
    event: EdgeEventBody | undefined,
  ): Promise<Pick<KnownLease, 'reported' | 'reportedAt'>> {
    const { expected, emit, time, log, datacenter } = this.#options;
    const { reported = '', reportedAt = 0 } = this.#memory.of(mac) ?? {};
    if (event === undefined) return { reported: '', reportedAt: time.now() };
    // The same but for the moment of the lease.
    const match = expected.find(mac);
    const content = JSON.stringify([{ ...event, id: undefined }, match?.server.id, match?.server.version]);
    if (content === reported && Math.abs(time.now() - reportedAt) < reportAgainAfter) return { reported, reportedAt };
    if (event.kind === 'unknown-machine') log.unknownMachine({ datacenter, mac });
    await emit(event);
    if (match === undefined) void expected.refreshSoon();
    return { reported: content, reportedAt: time.now() };
  }

  async #reportAnomaly(mac: MacAddress, serverId: string | undefined, remark: Remark): Promise<void> {
    const { reported, emit, log, datacenter } = this.#options;
    // Two machines with one MAC ask in turn: the case is the same whoever asked last.
    const sorted = 'circuits' in remark ? { ...remark, circuits: [...remark.circuits].sort() } : remark;
    const odd = `odd ${mac} ${JSON.stringify([serverId, sorted])}`;
    if (!reported.isDue(odd, '', remindAfter)) return;
    log.anomaly({ datacenter, mac, reason: JSON.stringify(remark) });
    await emit({ kind: 'odd-sighting', mac, ...(serverId !== undefined && { serverId }), remark });
    reported.record(odd, '');
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
