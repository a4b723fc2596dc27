import { z } from 'zod';
import { hasEnded, ImageJob, JobResult, JobState, type RequestedJob } from '../../shared/facts/image-job.ts';
import { days, hours, minutes } from '../../shared/kernel/durations.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import { InTurn } from '../kernel/in-turn.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { Store } from '../kernel/store.ts';
import type { Emit } from '../platform/emit.ts';
import type { JobProgress } from './job-format.ts';

export interface QueuedJob {
  serverId: string;
  /** With its id: a job is queued once, however often it is added. */
  job: ImageJob;
  /**
   * Milliseconds since 1970; by default a day from now. A job is never started after that: an old erase must not reach
   * a server that has moved on.
   */
  expiresAt?: number;
}

export interface JobStatus extends Required<QueuedJob> {
  state: JobState;
  percent: number;
  results: JobResult[];
}

export type Cancellation =
  /** It had not started, and never will. */
  | 'cancelled'
  /** The image works on it and cannot be stopped; restart the server. It is not started again. */
  | 'running'
  | 'ended'
  | 'unknown';

export interface JobQueueOptions {
  store: Store;
  emit: Emit;
  time: Scheduler;
  log: EdgeLog;
  datacenter: string;
  onFault: (reason: string) => void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS image_job (
    id TEXT PRIMARY KEY, server TEXT NOT NULL, job TEXT NOT NULL, state TEXT NOT NULL,
      percent INTEGER NOT NULL DEFAULT 0, results TEXT NOT NULL DEFAULT '[]', added_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL, is_cancelled INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS image_job_open ON image_job (server, added_at) WHERE state IN ('waiting', 'running');`;
const columns =
  'id, server AS "serverId", job, state, percent, results, expires_at AS "expiresAt", heard_at AS "heardAt", ' +
  'is_cancelled AS "isCancelled"';
const json = <S extends z.ZodType>(of: S) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(of);
const Row = z.object({
  id: z.string(),
  serverId: z.string(),
  job: json(ImageJob),
  state: JobState,
  percent: z.number(),
  results: json(z.array(JobResult)),
  expiresAt: z.number(),
  heardAt: z.number(),
  isCancelled: z.number().transform((flag) => flag === 1),
});
type Row = z.infer<typeof Row>;
const Id = z.object({ id: z.string() });
const Count = z.object({ state: JobState, count: z.number() });

const validFor = days(1);
/** Progress is reported no more often than this; the end of a job always. */
const progressEvery = minutes(1);
/** A job that is running past its time goes on as long as its image was heard within this time. */
const silentFor = hours(1);
const expireEvery = minutes(1);
const endedKept = days(30);

/**
 * The jobs of each server's validation image, handed out one after the other. A job is on disk before `add` returns. It
 * is handed out again until its end is heard, also after a restart of the server or of the agent, and it ends at the
 * latest when its time is up. Its progress and its end are reported to the platform.
 */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #turns = new InTurn();
  /** Percent by job, where it is newer than the row. */
  readonly #latest = new Map<string, number>();
  #cancelExpiry: (() => void) | undefined;

  constructor(options: JobQueueOptions) {
    options.store.make(schema);
    this.#options = options;
  }

  start(): void {
    const { time, onFault } = this.#options;
    this.#expireOld().catch((error: unknown) => onFault(`jobs whose time is up could not be ended: ${explain(error)}`));
    this.#cancelExpiry = time.schedule(time.now() + expireEvery, () => this.start());
  }

  stop(): void {
    this.#cancelExpiry?.();
  }

  /**
   * Queues a job; it is on disk when this returns. Throws `job.id-taken` where another job has this id, and
   * `input.invalid` where the image could not read it.
   */
  add({ serverId, job, expiresAt }: QueuedJob): 'added' | 'known' {
    const { store, time, log, datacenter } = this.#options;
    const text = JSON.stringify(ImageJob.parse(job));
    const known = this.#find(job.id);
    if (known) {
      if (known.serverId === serverId && JSON.stringify(known.job) === text) return 'known';
      throw new AppError({
        code: 'job.id-taken',
        kind: 'conflict',
        publicMessage: `${job.id} is the id of another job, of ${known.serverId}. Give this one an id of its own.`,
      });
    }
    const now = time.now();
    store.surely(() =>
      store
        .prepare(
          'INSERT INTO image_job (id, server, job, state, added_at, expires_at, heard_at) VALUES (?, ?, ' +
            "?, 'waiting', ?, ?, ?)",
        )
        .run(job.id, serverId, text, now, expiresAt ?? now + validFor, now),
    );
    log.jobAdded({ datacenter, jobId: job.id, serverId });
    return 'added';
  }

  /**
   * Makes the open jobs those that the platform requests now: adds new ones, cancels those that are requested no more.
   * Rejects where a cancellation could not be reported; the next call does the rest.
   */
  async sync(requested: readonly { serverId: string; request: RequestedJob }[]): Promise<void> {
    for (const {
      serverId,
      request: { job, expiresAt },
    } of requested) {
      try {
        this.add({ serverId, job: ImageJob.parse(job), expiresAt: Date.parse(expiresAt) });
      } catch (error) {
        this.#options.onFault(`the job ${job.id} (${job.kind}) for ${serverId} is not accepted: ${explain(error)}`);
      }
    }
    const ids = new Set(requested.map(({ request }) => request.job.id));
    for (const id of this.#open()) if (!ids.has(id)) await this.cancel(id);
  }

  cancel(id: string): Promise<Cancellation> {
    return this.#inTurn(id, async () => {
      const row = this.#find(id);
      if (row === undefined) return 'unknown';
      if (hasEnded(row.state)) return 'ended';
      if (row.state === 'waiting') {
        await this.#end(row, { state: 'cancelled', percent: 0, results: [] });
        return 'cancelled';
      }
      const { store } = this.#options;
      store.surely(() => store.prepare('UPDATE image_job SET is_cancelled = 1 WHERE id = ?').run(id));
      return 'running';
    });
  }

  status(id: string): JobStatus | undefined {
    const row = this.#find(id);
    if (row === undefined) return undefined;
    const { serverId, job, expiresAt, state, results } = row;
    return { serverId, job, expiresAt, state, results, percent: this.#latest.get(id) ?? row.percent };
  }

  /** How many jobs there are, by state. */
  counts(): Partial<Record<JobState, number>> {
    return Object.fromEntries(
      this.#options.store
        .prepare('SELECT state, count(*) AS count FROM image_job GROUP BY state')
        .all()
        .map((row) => Count.parse(row))
        .map(({ state, count }) => [state, count]),
    );
  }

  /**
   * The job that a server's image is to do next; undefined where there is none. An image asks only while it does
   * nothing, so a job that is running already is handed out again: its image was started anew.
   */
  next(serverId: string): Promise<ImageJob | undefined> {
    return this.#turns.do(serverId, async () => {
      const { store, time, emit } = this.#options;
      for (;;) {
        const found = store
          .prepare(
            `SELECT ${columns} FROM image_job WHERE server = ? AND state IN ('waiting', 'running')
              ORDER BY added_at, rowid LIMIT 1`,
          )
          .get(serverId);
        if (found === undefined) return undefined;
        const row = Row.parse(found);
        if (row.isCancelled || time.now() >= row.expiresAt) {
          const state = row.isCancelled ? 'cancelled' : 'expired';
          await this.#end(row, { state, percent: row.percent, results: [] });
          continue;
        }
        if (row.state === 'waiting') await emit(progressEvent(row, { state: 'running', percent: 0, results: [] }));
        store.prepare("UPDATE image_job SET state = 'running', heard_at = ? WHERE id = ?").run(time.now(), row.id);
        return row.job;
      }
    });
  }

  /** Takes the progress that a server's image posted. Resolves when what is to be reported of it is on disk. */
  note(serverId: string, id: string, progress: JobProgress): Promise<'noted' | 'unknown'> {
    return this.#turns.do(serverId, async () => {
      const { store, time, emit } = this.#options;
      const row = this.#find(id);
      if (row === undefined || row.serverId !== serverId) return 'unknown';
      if (hasEnded(row.state)) return 'noted'; // it was posted before, and our answer was lost
      if (progress.state !== 'running') {
        await this.#end(row, { ...progress, state: progress.state });
        return 'noted';
      }
      this.#latest.set(id, progress.percent);
      if (time.now() - row.heardAt < progressEvery) return 'noted';
      await emit(progressEvent(row, { state: 'running', percent: progress.percent, results: [] }));
      store
        .prepare("UPDATE image_job SET state = 'running', percent = ?, heard_at = ? WHERE id = ?")
        .run(progress.percent, time.now(), id);
      return 'noted';
    });
  }

  /** Emits the event first: after a crash in between, the same event is emitted again under the same id. */
  async #end(
    row: Row,
    end: { state: 'done' | 'failed' | 'cancelled' | 'expired'; percent: number; results: JobResult[] },
  ): Promise<void> {
    const { store, time, emit, log, datacenter } = this.#options;
    await emit({ ...progressEvent(row, end), id: `job-${row.id}-${end.state}` });
    store.surely(() =>
      store
        .prepare('UPDATE image_job SET state = ?, percent = ?, results = ?, heard_at = ? WHERE id = ?')
        .run(end.state, end.percent, JSON.stringify(end.results), time.now(), row.id),
    );
    this.#latest.delete(row.id);
    log.jobEnded({ datacenter, jobId: row.id, serverId: row.serverId, reason: end.state });
  }

  async #expireOld(): Promise<void> {
    const { store, time } = this.#options;
    const now = time.now();
    store
      .prepare("DELETE FROM image_job WHERE state NOT IN ('waiting', 'running') AND heard_at < ?")
      .run(now - endedKept);
    const due = store
      .prepare("SELECT id FROM image_job WHERE state IN ('waiting', 'running') AND expires_at <= ?")
      .all(now)
      .map((row) => Id.parse(row).id);
    for (const id of due) await this.#inTurn(id, () => this.#expire(id, now));
  }

  async #expire(id: string, now: number): Promise<void> {
    const row = this.#find(id);
    if (row === undefined || hasEnded(row.state)) return;
    if (row.state === 'running' && now - row.heardAt < silentFor) return;
    await this.#end(row, { state: 'expired', percent: row.percent, results: [] });
  }

  /** Jobs that have not ended and are not cancelled. */
  #open(): string[] {
    return this.#options.store
      .prepare("SELECT id FROM image_job WHERE state IN ('waiting', 'running') AND is_cancelled = 0")
      .all()
      .map((row) => Id.parse(row).id);
  }

  #inTurn<T>(id: string, run: () => Promise<T>): Promise<T> {
    return this.#turns.do(this.#find(id)?.serverId ?? id, run);
  }

  #find(id: string): Row | undefined {
    const found = this.#options.store.prepare(`SELECT ${columns} FROM image_job WHERE id = ?`).get(id);
    return found && Row.parse(found);
  }
}

const progressEvent = (
  { id, serverId, job }: Row,
  { state, percent, results }: { state: Exclude<JobState, 'waiting'>; percent: number; results: JobResult[] },
) => ({ kind: 'job-progress' as const, serverId, jobId: id, jobKind: job.kind, state, percent, results });
