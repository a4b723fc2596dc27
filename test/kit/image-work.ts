import { orderText, WorkProgress } from '../../edge/image-jobs/job-format.ts';
import { JobQueue } from '../../edge/image-jobs/job-queue.ts';
import { silentEdgeLog } from '../../edge/kernel/log.ts';
import { Store } from '../../edge/kernel/store.ts';
import type { EdgeEventBody } from '../../edge/platform/emit.ts';
import type { VirtualTime } from '../../runtime/durable/memory/virtual-time.ts';
import type { ExpectedServer } from '../../shared/domain/edge/edge.api.ts';
import { listExpected } from '../../shared/domain/edge/expected.db.ts';
import type { Database } from '../../shared/kernel/database/database.ts';
import type { BmcFleet } from '../simulators/bmc/fleet.ts';
import { takes } from '../simulators/bmc/timing.ts';
import { company } from '../simulators/kit/company.ts';

export interface ImageWorkOptions {
  db: Database;
  time: VirtualTime;
  fleet: BmcFleet;
  /** To the platform, from the agent of that datacenter. */
  emit(datacenter: string, news: EdgeEventBody): Promise<void>;
  /** What happens to what images post, on its way; `undefined` is lost. */
  onProgress(progress: WorkProgress): WorkProgress | undefined;
}

/**
 * The agents' own desk for work, and the images that ask there, in virtual time. Nobody polls: whoever changes what is
 * wanted calls `look`.
 */
export class PretendImages {
  readonly #options: ImageWorkOptions;
  readonly #desk: JobQueue;
  readonly #store = new Store(':memory:');
  #servers: readonly ExpectedServer[] = [];

  constructor(options: ImageWorkOptions) {
    this.#options = options;
    const { time } = options;
    this.#desk = new JobQueue({
      store: this.#store,
      time,
      log: silentEdgeLog,
      datacenter: 'all',
      onFault: (reason) => {
        throw new Error(reason);
      },
      emit: (news) =>
        options.emit(
          this.#servers.find(({ id }) => 'serverId' in news && id === news.serverId)?.datacenter ?? '',
          news,
        ),
    });
  }

  close(): void {
    this.#store.close();
  }

  /** Pulls the list; images that have something to do then ask for it. */
  async look(): Promise<void> {
    const { db, time } = this.#options;
    this.#servers = await listExpected(
      db,
      company.datacenters.map(({ id }) => id),
    );
    await this.#desk.become(this.#servers.flatMap(({ id, work }) => work.map((order) => ({ serverId: id, order }))));
    for (const server of this.#servers)
      if (server.work.length > 0) time.schedule(time.now() + takes.linkTest * 1000, () => this.#ask(server));
  }

  async #ask({ id, serial }: ExpectedServer): Promise<void> {
    const { fleet, onProgress } = this.#options;
    if (serial === null || !fleet.runsImage(serial)) return;
    const work = await this.#desk.next(id);
    const progress = work && onProgress(WorkProgress.parse(JSON.parse(fleet.perform(serial, orderText(work)))));
    if (progress) await this.#desk.note(id, work.id, progress);
  }
}
