import { Store } from '../../../edge/kernel/store.ts';
import { Told } from '../../../edge/kernel/told.ts';
import type { Match } from '../../../edge/platform/expected.ts';
import type { News, Tell } from '../../../edge/platform/tell.ts';
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
  work: [],
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

/** The parts that every desk of the agent stands on. `restart` gives the same memory to the next life. */
export class DeskParts {
  readonly time = new LinkTime();
  readonly expected = new SomeServers();
  readonly news: News[] = [];
  readonly troubles: string[] = [];
  store: Store;
  told: Told;
  /** Makes the next tellings fail, as a full journal does. */
  isJournalFull = false;
  readonly #file: string;

  constructor(file = ':memory:') {
    this.#file = file;
    this.store = new Store(file);
    this.told = new Told({ store: this.store, clock: this.time });
  }

  readonly tell: Tell = async (news) => {
    if (this.isJournalFull) throw new Error('the journal is full');
    this.news.push(news);
  };
  readonly onTrouble = (reason: string): void => void this.troubles.push(reason);

  /** What was told of one kind. */
  of<Kind extends News['kind']>(kind: Kind): Extract<News, { kind: Kind }>[] {
    return this.news.filter((each): each is Extract<News, { kind: Kind }> => each.kind === kind);
  }
  restart(): void {
    this.store.close();
    this.store = new Store(this.#file);
    this.told = new Told({ store: this.store, clock: this.time });
  }
}
