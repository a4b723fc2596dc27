import { jobText, JobProgress } from '../../edge/image-jobs/job-format.ts';
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

export interface PretendImagesOptions {
  db: Database;
  time: VirtualTime;
  fleet: BmcFleet;
  /** To the platform, from the agent of that datacenter. */
  emit(datacenter: string, body: EdgeEventBody): Promise<void>;
  /** What happens to what images post, on its way; `undefined` is lost. */
  onProgress(progress: JobProgress): JobProgress | undefined;
}

/** The agents' own job queue and the images that ask it, in virtual time. Nobody polls: call `look` after a change. */
export class PretendImages {
  readonly #options: PretendImagesOptions;
  readonly #queue: JobQueue;
  readonly #store = new Store(':memory:');
  #servers: readonly ExpectedServer[] = [];

  constructor(options: PretendImagesOptions) {
    this.#options = options;
    const { time } = options;
    this.#queue = new JobQueue({
      store: this.#store,
      time,
      log: silentEdgeLog,
      datacenter: 'all',
      onFault: (reason) => {
        throw new Error(reason);
      },
      emit: (body) =>
        options.emit(
          this.#servers.find(({ id }) => 'serverId' in body && id === body.serverId)?.datacenter ?? '',
          body,
        ),
    });
  }

  close(): void {
    this.#store.close();
  }

  /** Pulls the list; images that have a job then ask for it. */
  async look(): Promise<void> {
    const { db, time } = this.#options;
    this.#servers = await listExpected(
      db,
      company.datacenters.map(({ id }) => id),
    );
    await this.#queue.sync(this.#servers.flatMap(({ id, jobs }) => jobs.map((request) => ({ serverId: id, request }))));
    for (const server of this.#servers)
      if (server.jobs.length > 0) time.schedule(time.now() + takes.linkTest * 1000, () => this.#ask(server));
  }

  async #ask({ id, serial }: ExpectedServer): Promise<void> {
    const { fleet, onProgress } = this.#options;
    if (serial === null || !fleet.runsImage(serial)) return;
    const job = await this.#queue.next(id);
    const progress = job && onProgress(JobProgress.parse(JSON.parse(fleet.perform(serial, jobText(job)))));
    if (progress) await this.#queue.note(id, job.id, progress);
  }
}
