import { ReportedCache } from '../../../edge/kernel/reported-cache.ts';
import { Store } from '../../../edge/kernel/store.ts';
import type { EdgeEventBody, Emit } from '../../../edge/platform/emit.ts';
import type { Match } from '../../../edge/platform/expected.ts';
import type { ExpectedServer } from '../../../shared/domain/edge/edge.api.ts';
import type { MacAddress } from '../../../shared/facts/server.ts';
import { nyc } from './events.ts';
import { LinkTime } from './platform/link.ts';

export const aServer = (more: Partial<ExpectedServer> = {}): ExpectedServer => ({
  id: 'srv-1',
  datacenter: nyc,
  state: 'DISCOVERED',
  serial: 'S1',
  bmcMac: '00:1a:00:00:00:01',
  macs: ['00:1a:00:00:00:11', '00:1a:00:00:00:12'],
  version: 1,
  bmcAddress: null,
  bmcSecretRef: null,
  jobs: [],
  ...more,
});

/** A list of expected servers that a test writes itself. */
export class SomeServers {
  servers: ExpectedServer[] = [aServer()];
  isKnown = true;
  refreshes = 0;

  find(mac: MacAddress): Match | undefined {
    for (const server of this.servers) {
      if (server.bmcMac === mac) return { server, port: 'bmc' };
      if (server.macs.includes(mac)) return { server, port: 'host' };
    }
    return undefined;
  }
  async refreshSoon(): Promise<void> {
    this.refreshes += 1;
  }
}

/** The parts that trackers and queues of the agent need. `restart` gives the same memory to the next life. */
export class TrackerParts {
  readonly time = new LinkTime();
  readonly expected = new SomeServers();
  readonly emitted: EdgeEventBody[] = [];
  readonly faults: string[] = [];
  store: Store;
  reported: ReportedCache;
  /** Makes the next tellings fail, as a full journal does. */
  isJournalFull = false;
  readonly #file: string;

  constructor(file = ':memory:') {
    this.#file = file;
    this.store = new Store(file);
    this.reported = new ReportedCache({ store: this.store, clock: this.time });
  }

  readonly emit: Emit = async (emitted) => {
    if (this.isJournalFull) throw new Error('the journal is full');
    this.emitted.push(emitted);
  };
  readonly onFault = (reason: string): void => void this.faults.push(reason);

  /** The events of one kind. */
  of<Kind extends EdgeEventBody['kind']>(kind: Kind): Extract<EdgeEventBody, { kind: Kind }>[] {
    return this.emitted.filter((each): each is Extract<EdgeEventBody, { kind: Kind }> => each.kind === kind);
  }
  restart(): void {
    this.store.close();
    this.store = new Store(this.#file);
    this.reported = new ReportedCache({ store: this.store, clock: this.time });
  }
}
