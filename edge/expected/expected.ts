import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ExpectedServers, type ExpectedServer } from '../../shared/api/edge.ts';
import { isoTime, seconds } from '../../shared/clock.ts';
import { explain } from '../../shared/errors/app-error.ts';
import { MacAddress } from '../../shared/facts.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { EdgeLog } from '../log.ts';
import type { EdgeTime } from '../time.ts';
import type { Platform } from '../uplink/platform.ts';

export interface ExpectedOptions {
  /** Where the last list is kept. */
  file: string;
  platform: Pick<Platform, 'pullExpected'>;
  time: EdgeTime;
  log: EdgeLog;
  datacenter: string;
  everyMilliseconds: number;
}

export interface ExpectedStatus {
  servers: number;
  /** When the platform last said what this list is; null when it never has. */
  confirmedAt: string | null;
  /** Why the last pull failed; null when it did not. */
  because: string | null;
}

const Kept = ExpectedServers.extend({ etag: z.string(), confirmedAt: z.string() });
type Kept = z.infer<typeof Kept>;

/** Whose port it is that carries a MAC. */
export interface Match {
  server: ExpectedServer;
  port: 'bmc' | 'host';
}

/**
 * The servers that belong in this datacenter, as the platform last said: pulled again and again, only when it has
 * changed, and kept on disk, so that machines are known while the link is down and after a restart.
 */
export class Expected {
  readonly #options: ExpectedOptions;
  #kept: Kept | undefined;
  #byMac = new Map<string, Match>();
  #because: string | null = null;
  #askedAt = 0;
  #underWay: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: ExpectedOptions) {
    this.#options = options;
    this.#take(this.#read());
  }

  start(): void {
    void this.refresh().finally(() => this.#later());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Undefined also where the list has never been had: ask `isKnown`. */
  find(mac: MacAddress): Match | undefined {
    return this.#byMac.get(mac);
  }

  /** The management controllers that have been heard of. */
  *controllers(): Iterable<BmcTarget> {
    for (const { id, datacenter, bmcAddress, bmcSecretRef } of this.#kept?.servers ?? []) {
      if (bmcAddress !== null && bmcSecretRef !== null) yield { serverId: id, datacenterId: datacenter, address: bmcAddress, secretRef: bmcSecretRef };
    }
  }

  get isKnown(): boolean {
    return this.#kept !== undefined;
  }

  /** Asks the platform now. Never throws: what was known stays known. Who asks meanwhile waits for the same answer. */
  refresh(): Promise<void> {
    this.#underWay ??= this.#pull().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Asks the platform now, unless it was asked a moment ago: a thousand unknown machines make one question. */
  async refreshSoon(): Promise<void> {
    if (this.#options.time.now() - this.#askedAt >= seconds(5)) await this.refresh();
  }

  status(): ExpectedStatus {
    return { servers: this.#kept?.servers.length ?? 0, confirmedAt: this.#kept?.confirmedAt ?? null, because: this.#because };
  }

  async #pull(): Promise<void> {
    const { platform, time, log, datacenter } = this.#options;
    this.#askedAt = time.now();
    try {
      const pulled = await platform.pullExpected(this.#kept?.etag);
      const confirmedAt = isoTime(time.now());
      if (pulled.outcome === 'unchanged') {
        if (this.#kept) this.#kept.confirmedAt = confirmedAt;
      } else {
        const kept = { ...pulled.list, etag: pulled.etag, confirmedAt };
        this.#write(kept);
        this.#take(kept);
        log.expectedPulled({ datacenter, count: kept.servers.length });
      }
      this.#because = null;
    } catch (error) {
      if (this.#because === null) log.expectedNotPulled({ datacenter, because: explain(error) });
      this.#because = explain(error);
    }
  }

  #later(): void {
    const { time, everyMilliseconds } = this.#options;
    if (!this.#isStopped) this.#cancel = time.schedule(time.now() + everyMilliseconds, () => this.start());
  }

  #take(kept: Kept | undefined): void {
    this.#kept = kept;
    this.#byMac = new Map();
    for (const server of kept?.servers ?? []) {
      for (const mac of server.macs) this.#remember(mac, { server, port: 'host' });
      if (server.bmcMac !== null) this.#remember(server.bmcMac, { server, port: 'bmc' });
    }
  }

  #remember(text: string, match: Match): void {
    const mac = MacAddress.safeParse(text);
    if (mac.success) this.#byMac.set(mac.data, match);
  }

  #read(): Kept | undefined {
    const { file, log, datacenter } = this.#options;
    try {
      return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isAbsent) log.expectedUnreadable({ datacenter, because: explain(error) });
      return undefined;
    }
  }

  /** The old list stands until the new one is on disk whole. */
  #write(kept: Kept): void {
    const fresh = `${this.#options.file}.new`;
    writeFileSync(fresh, JSON.stringify(kept), { flush: true });
    renameSync(fresh, this.#options.file);
  }
}
