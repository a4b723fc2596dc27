import { MacAddress } from '../../shared/facts/server.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import { State } from '../../shared/lifecycle/states.ts';
import { originOfMac } from '../dhcp/mac-origin.ts';
import type { BootTokens } from '../image-jobs/tokens.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { ReportedCache } from '../kernel/reported-cache.ts';
import type { Emit } from '../platform/emit.ts';
import type { Expected } from '../platform/expected.ts';
import type { BootRequest, BootAnswer } from './boot-server.ts';

export interface BootTrackerOptions {
  datacenter: string;
  expected: Pick<Expected, 'find' | 'isKnown' | 'refreshSoon'>;
  tokens: BootTokens;
  reported: ReportedCache;
  emit: Emit;
  time: Scheduler;
  log: EdgeLog;
  onFault: (reason: string) => void;
}

interface Boot {
  since: number;
  heardAt: number;
  /** What was last reported of it. */
  reported: string | undefined;
}

/** A machine that was silent for longer has restarted: its firmware takes longer than iPXE between two requests. */
const sameBootWithin = minutes(2);
/** A machine that waits for less than this is not reported. */
const heldFor = minutes(1);
const unknownAgainAfter = hours(6);
const mostBoots = 10_000;

/** Tells the boot server the state of a machine's server, and reports to the platform what the machine was given. */
export class BootTracker {
  readonly #options: BootTrackerOptions;
  /** By MAC, in the order of the last request. */
  readonly #boots = new Map<string, Boot>();

  constructor(options: BootTrackerOptions) {
    this.#options = options;
  }

  /**
   * The state of the server that this port belongs to; undefined for an unknown device. Throws for a state that only a
   * newer release knows.
   */
  stateOf(mac: string): State | undefined {
    const server = this.#options.expected.find(MacAddress.parse(mac))?.server;
    if (server === undefined) return undefined;
    const state = State.safeParse(server.state);
    if (state.success) return state.data;
    throw new AppError({
      code: 'boot.unknown-state',
      kind: 'unavailable',
      publicMessage:
        `The server ${server.id} is ${server.state}, which this release of the agent does not know. Bring ` +
        'the agent up to date.',
    });
  }

  /** For an image that is about to be booted. */
  tokenFor(mac: string): string {
    const server = this.#options.expected.find(MacAddress.parse(mac))?.server;
    if (server === undefined)
      throw new AppError({
        code: 'boot.unknown-device',
        kind: 'bug',
        publicMessage: `${mac} is no port of an expected server: it gets no token.`,
      });
    return this.#options.tokens.issue({ mac, serverId: server.id });
  }

  /** Call it when a machine was answered. Never throws: what could not be reported is reported when it asks again. */
  heard(request: BootRequest, answer: BootAnswer): void {
    const { expected, tokens, onFault } = this.#options;
    const boot = this.#bootOf(request.mac);
    if (answer.choice === 'disk') tokens.revoke(request.mac);
    // The list may be a minute old, and the state of this server newer.
    if (answer.choice === 'hold') void expected.refreshSoon();
    this.#reportBoot(request, answer, boot).catch((error: unknown) =>
      onFault(`the boot of ${request.mac} could not be reported: ${explain(error)}`),
    );
  }

  async #reportBoot(request: BootRequest, { choice, reason }: BootAnswer, boot: Boot): Promise<void> {
    const { expected, emit, time } = this.#options;
    const { mac, architecture } = request;
    const server = expected.find(MacAddress.parse(mac))?.server;
    if (server === undefined) return this.#reportUnknownDevice(request);
    const said = `${choice} ${reason}`;
    if (choice === 'queue' || (choice === 'hold' && time.now() - boot.since < heldFor) || boot.reported === said)
      return;
    const before = boot.reported;
    boot.reported = said; // before the write: the machine may ask again meanwhile
    try {
      await emit({
        kind: 'boot-answered',
        mac,
        serverId: server.id,
        choice,
        reason,
        ...(architecture && { architecture }),
      });
    } catch (error) {
      boot.reported = before;
      throw error;
    }
  }

  /** A device may boot of which no lease was heard. What it says of itself helps the technician who looks for it. */
  async #reportUnknownDevice({ mac, address, serial, manufacturer, product }: BootRequest): Promise<void> {
    const { expected, reported, emit, log, datacenter } = this.#options;
    if (
      !expected.isKnown ||
      originOfMac(mac).kind !== 'physical' ||
      !reported.isDue(`unknown-device ${mac}`, '', unknownAgainAfter)
    )
      return;
    log.unknownDevice({ datacenter, mac });
    const about = [[manufacturer, product].filter(Boolean).join(' '), serial && `serial number ${serial}`]
      .filter(Boolean)
      .join(', ')
      .slice(0, 500);
    await emit({ kind: 'unknown-device', mac, address, ...(about && { about }) });
    reported.record(`unknown-device ${mac}`, '');
  }

  #bootOf(mac: string): Boot {
    const now = this.#options.time.now();
    const known = this.#boots.get(mac);
    const boot =
      known && now - known.heardAt < sameBootWithin ? known : { since: now, heardAt: now, reported: undefined };
    boot.heardAt = now;
    this.#boots.delete(mac);
    this.#boots.set(mac, boot);
    const [oldest] = this.#boots.keys();
    if (this.#boots.size > mostBoots && oldest !== undefined) this.#boots.delete(oldest);
    return boot;
  }
}
