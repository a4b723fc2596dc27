import { isUnrepeatable, type BmcReading } from '../../shared/domain/health/bmc-reading.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Sample } from './sampler.ts';

export interface ReadingsOptions {
  /** Resolves when they are on disk. */
  report(readings: BmcReading[]): Promise<void>;
  /** Called when the log entries up to there are on disk. */
  keepCursor(serverId: string, cursor: string): void;
  time: Scheduler;
}

const batch = 100;
/** No batch is larger than what the uplink sends at once. */
const batchBytes = 150_000;
const flushAfter = seconds(10);

/** Collects readings and reports them in batches; an urgent reading flushes the batch. */
export class Readings {
  readonly #options: ReadingsOptions;
  /** Readings by server that are not yet on disk. */
  readonly #open = new Map<string, number>();
  #waiting: Sample[] = [];
  #bytes = 0;
  #flushing: Promise<void> = Promise.resolve();
  #cancelFlush: (() => void) | undefined;

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  add(sample: Sample, isUrgent: boolean): void {
    const { time } = this.#options;
    this.#waiting.push(sample);
    this.#bytes += JSON.stringify(sample.reading).length;
    this.#open.set(sample.reading.serverId, (this.#open.get(sample.reading.serverId) ?? 0) + 1);
    if (isUrgent || this.#waiting.length >= batch || this.#bytes >= batchBytes) void this.flush();
    else this.#cancelFlush ??= time.schedule(time.now() + flushAfter, () => void this.flush());
  }

  /** Resolves when the readings of this server are stored or lost. */
  async settled(serverId: string): Promise<void> {
    if (this.#open.has(serverId)) await this.flush();
  }

  /** Resolves when all readings so far are stored or lost. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const samples = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#flushing = this.#flushing.then(() => this.#send(samples));
    return this.#flushing;
  }

  async #send(samples: readonly Sample[]): Promise<void> {
    const { true: unrepeatable = [], false: others = [] } = Object.groupBy(
      samples,
      ({ reading }) => `${isUnrepeatable(reading)}` as const,
    );
    await Promise.all([this.#keep(unrepeatable), this.#keep(others)]);
    for (const {
      reading: { serverId },
    } of samples) {
      const left = (this.#open.get(serverId) ?? 0) - 1;
      if (left > 0) this.#open.set(serverId, left);
      else this.#open.delete(serverId);
    }
  }

  /**
   * Readings that cannot be stored are lost: the next sample says the same or more, and reads the log from the same
   * position.
   */
  async #keep(samples: readonly Sample[]): Promise<void> {
    const { report, keepCursor } = this.#options;
    if (samples.length === 0) return;
    const isKept = await report(samples.map(({ reading }) => reading)).then(
      () => true,
      () => false,
    );
    if (isKept)
      for (const {
        reading: { serverId },
        cursor,
      } of samples)
        if (cursor !== undefined) keepCursor(serverId, cursor);
  }
}
