import type { BmcReading } from '../../shared/domain/health/bmc-reading.ts';
import type { Health } from '../../shared/facts/server.ts';
import type { LogReading } from '../../shared/facts/telemetry.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Bmc, BmcTarget } from '../../shared/ports/bmc.ts';
import { truncate, logExcerpt, sensorSummaries } from './truncate.ts';

export interface SamplerOptions {
  bmc: Pick<Bmc, 'readHealth' | 'readSensors' | 'readLog'>;
  time: Scheduler;
  /** Where to go on in the log of this server; what was read before is kept by then. */
  cursorOf(serverId: string): Promise<string | undefined>;
}

export interface Sample {
  reading: BmcReading;
  /** Whether sensors and log have been read as well. */
  isFull: boolean;
  /** Where the log goes on once this reading is kept. */
  cursor: string | undefined;
}

/** What a controller is asked within. Whoever needs longer is told of as unreachable, and holds nobody else up. */
const sampleWithin = seconds(30);
/** A log that takes longer is not there this time; the rest of the reading is. */
const logWithin = seconds(60);
const mostWords = 500;

/**
 * One look at one controller. A quick one asks how it does: three requests. A thorough one reads every sensor and what
 * the log has gained: two to seven more, and ten times the bytes.
 */
export class Sampler {
  readonly #options: SamplerOptions;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** Quick unless wanted otherwise or its health is another than it was. Never throws: silence is a reading too. */
  async sample(
    target: BmcTarget,
    { isFull, health }: { isFull: boolean; health: Health | undefined },
  ): Promise<Sample> {
    const { serverId } = target;
    const at = isoTime(this.#options.time.now());
    try {
      const light = isFull
        ? undefined
        : await this.#within(sampleWithin, (signal) => this.#options.bmc.readHealth(target, {}, { signal }));
      if (light && light.health === health)
        return { reading: { serverId, at, ...light }, isFull: false, cursor: undefined };
      const sensors = await this.#within(sampleWithin, (signal) => this.#readSensors(target, signal));
      const log = await this.#readLog(target);
      return {
        reading: { serverId, at, ...sensors, ...(log && { log: logExcerpt(log) }) },
        isFull: log !== undefined,
        cursor: log?.cursor,
      };
    } catch (error) {
      return {
        reading: { serverId, at, unreachable: truncate(explain(error), mostWords) },
        isFull: false,
        cursor: undefined,
      };
    }
  }

  async #readSensors(target: BmcTarget, signal: AbortSignal) {
    const { power, health, powerWatts, inletCelsius, cpuPercent, readings } = await this.#options.bmc.readSensors(
      target,
      {},
      { signal },
    );
    return {
      health,
      ...(powerWatts !== undefined && { powerWatts }),
      ...(inletCelsius !== undefined && { inletCelsius }),
      sensors: { power, ...(cpuPercent !== undefined && { cpuPercent }), readings: sensorSummaries(readings) },
    };
  }

  /** Undefined where it could not be read; a controller whose log is broken still has a health. */
  async #readLog(target: BmcTarget): Promise<LogReading | undefined> {
    const { bmc, cursorOf } = this.#options;
    const cursor = await cursorOf(target.serverId);
    return this.#within(logWithin, (signal) =>
      bmc.readLog(target, cursor === undefined ? {} : { cursor }, { signal }),
    ).catch(() => undefined);
  }

  async #within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { time } = this.#options;
    const end = new AbortController();
    const cancel = time.schedule(time.now() + milliseconds, () =>
      end.abort(new Error(`it had not answered in ${milliseconds / 1000} s`)),
    );
    try {
      return await work(end.signal);
    } finally {
      cancel();
    }
  }
}
