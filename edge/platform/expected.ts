import { ExpectedServers, type ExpectedServer } from '../../shared/domain/edge/edge.api.ts';
import type { RequestedJob } from '../../shared/facts/image-job.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { Platform } from './platform.ts';
import { SyncedDocument, type SyncedDocumentOptions, type SyncedDocumentStatus } from './synced-document.ts';

export type ExpectedOptions = Pick<
  SyncedDocumentOptions<ExpectedServers>,
  'file' | 'everyMilliseconds' | 'time' | 'log' | 'datacenter'
> & {
  platform: Pick<Platform, 'pullExpected'>;
  /** Called when the list has changed. */
  onChange?: () => void;
  /** Called each time the platform has confirmed the list. */
  onConfirmed?: () => void;
};

export type ExpectedStatus = SyncedDocumentStatus & { servers: number };

/** The server and port that a MAC belongs to. */
export interface Match {
  server: ExpectedServer;
  port: 'bmc' | 'host';
}

/** The servers that belong in this datacenter, as the platform last sent them. */
export class Expected {
  readonly #document: SyncedDocument<ExpectedServers>;
  #byMac = new Map<string, Match>();
  /** Set after the stored list was read: reading it is no change. */
  #onChange: (() => void) | undefined;

  constructor({ platform, onChange, onConfirmed, ...options }: ExpectedOptions) {
    this.#document = new SyncedDocument({
      ...options,
      what: 'the list of expected servers',
      schema: ExpectedServers,
      pull: (etag) => platform.pullExpected(etag),
      take: (list) => {
        this.#take(list);
        this.#onChange?.();
      },
      confirmed: () => onConfirmed?.(),
    });
    this.#onChange = onChange;
  }

  start(): void {
    this.#document.start();
  }
  stop(): void {
    this.#document.stop();
  }

  /** Undefined also while no list is known: see `isKnown`. */
  find(mac: MacAddress): Match | undefined {
    return this.#byMac.get(mac);
  }

  /** The management controllers whose address is known. */
  *controllers(): Iterable<BmcTarget> {
    for (const { id, datacenter, bmcAddress, bmcSecretRef } of this.#document.value?.servers ?? []) {
      if (bmcAddress !== null && bmcSecretRef !== null)
        yield { serverId: id, datacenterId: datacenter, address: bmcAddress, secretRef: bmcSecretRef };
    }
  }

  /** The jobs that the platform requests of validation images. */
  get jobs(): { serverId: string; request: RequestedJob }[] {
    return (this.#document.value?.servers ?? []).flatMap(({ id, jobs }) =>
      jobs.map((request) => ({ serverId: id, request })),
    );
  }

  get isKnown(): boolean {
    return this.#document.value !== undefined;
  }

  refresh(): Promise<void> {
    return this.#document.refresh();
  }
  /**
   * Pulls now, unless the last pull began less than a second ago: a thousand unknown or waiting machines make one pull.
   */
  refreshSoon(): Promise<void> {
    return this.#document.refreshSoon();
  }

  status(): ExpectedStatus {
    return { servers: this.#document.value?.servers.length ?? 0, ...this.#document.status() };
  }

  #take({ servers }: ExpectedServers): void {
    this.#byMac = new Map();
    for (const server of servers) {
      for (const mac of server.macs) this.#remember(mac, { server, port: 'host' });
      if (server.bmcMac !== null) this.#remember(server.bmcMac, { server, port: 'bmc' });
    }
  }

  #remember(text: string, match: Match): void {
    const mac = MacAddress.safeParse(text);
    if (mac.success) this.#byMac.set(mac.data, match);
  }
}
