import { MacAddress } from '../../shared/facts/server.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { State } from '../../shared/lifecycle/states.ts';
import { originOfMac } from '../dhcp/mac-origin.ts';
import type { BootTokens } from '../image-jobs/tokens.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { EdgeTime } from '../kernel/time.ts';
import type { Told } from '../kernel/told.ts';
import type { Expected } from '../platform/expected.ts';
import type { Tell } from '../platform/tell.ts';
import type { BootRequest, BootAnswer } from './boot-server.ts';

export interface BootDeskOptions {
  datacenter: string;
  expected: Pick<Expected, 'find' | 'isKnown' | 'refreshSoon'>;
  tokens: BootTokens;
  told: Told;
  tell: Tell;
  time: EdgeTime;
  log: EdgeLog;
  onTrouble: (reason: string) => void;
}

interface Boot {
  since: number;
  heardAt: number;
  /** What of it the platform was told. */
  told: string | undefined;
}

/**
 * A machine that was silent for longer has been started anew since: even firmware needs longer than a retry of iPXE.
 */
const sameBootWithin = minutes(2);
/** Waiting for a moment is nothing to tell. */
const heldFor = minutes(1);
const strangerAgainAfter = hours(6);
const mostBoots = 10_000;

/** What the boot server has to know of a machine, and what of its answers the platform has to hear. */
export class BootDesk {
  readonly #options: BootDeskOptions;
  /** By MAC; whoever asked last is last. */
  readonly #boots = new Map<string, Boot>();

  constructor(options: BootDeskOptions) {
    this.#options = options;
  }

  /**
   * The state of the server that this port belongs to; undefined for a stranger. Throws for a state that a newer
   * platform knows and we do not.
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
        code: 'boot.stranger',
        kind: 'bug',
        publicMessage: `${mac} is no port of an expected server: it gets no token.`,
      });
    return this.#options.tokens.issue({ mac, serverId: server.id });
  }

  /**
   * A machine was answered. Never throws: the machine has its answer, and what could not be told is told the next time
   * it asks.
   */
  heard(request: BootRequest, answer: BootAnswer): void {
    const { expected, tokens, onTrouble } = this.#options;
    const boot = this.#bootOf(request.mac);
    if (answer.choice === 'disk') tokens.revoke(request.mac);
    // The list may be a minute old, and this machine's state newer.
    if (answer.choice === 'hold') void expected.refreshSoon();
    this.#tellOf(request, answer, boot).catch((error: unknown) =>
      onTrouble(`what ${request.mac} was told to boot could not be noted: ${explain(error)}`),
    );
  }

  async #tellOf(request: BootRequest, { choice, reason }: BootAnswer, boot: Boot): Promise<void> {
    const { expected, tell, time } = this.#options;
    const { mac, architecture } = request;
    const server = expected.find(MacAddress.parse(mac))?.server;
    if (server === undefined) return this.#tellOfStranger(request);
    const said = `${choice} ${reason}`;
    if (choice === 'queue' || (choice === 'hold' && time.now() - boot.since < heldFor) || boot.told === said) return;
    const before = boot.told;
    boot.told = said; // at once: it may ask again before this is on disk
    try {
      await tell({
        kind: 'boot-answered',
        mac,
        serverId: server.id,
        choice,
        reason,
        ...(architecture && { architecture }),
      });
    } catch (error) {
      boot.told = before;
      throw error;
    }
  }

  /** A machine may boot that no DHCP server told us of. What it says of itself helps whoever goes to look for it. */
  async #tellOfStranger({ mac, address, serial, manufacturer, product }: BootRequest): Promise<void> {
    const { expected, told, tell, log, datacenter } = this.#options;
    if (
      !expected.isKnown ||
      originOfMac(mac).kind !== 'physical' ||
      !told.isNews(`stranger ${mac}`, '', strangerAgainAfter)
    )
      return;
    log.unknownMachine({ datacenter, mac });
    const about = [[manufacturer, product].filter(Boolean).join(' '), serial && `serial number ${serial}`]
      .filter(Boolean)
      .join(', ')
      .slice(0, 500);
    await tell({ kind: 'unknown-machine', mac, address, ...(about && { about }) });
    told.note(`stranger ${mac}`, '');
  }

  #bootOf(mac: string): Boot {
    const now = this.#options.time.now();
    const known = this.#boots.get(mac);
    const boot = known && now - known.heardAt < sameBootWithin ? known : { since: now, heardAt: now, told: undefined };
    boot.heardAt = now;
    this.#boots.delete(mac);
    this.#boots.set(mac, boot);
    const [oldest] = this.#boots.keys();
    if (this.#boots.size > mostBoots && oldest !== undefined) this.#boots.delete(oldest);
    return boot;
  }
}
