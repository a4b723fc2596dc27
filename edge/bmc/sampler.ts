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
  /** The position in the log of this server; it waits until earlier readings are stored. */
  cursorOf(serverId: string): Promise<string | undefined>;
}

export interface Sample {
  reading: BmcReading;
  /** Whether sensors and log were read as well. */
  isFull: boolean;
  /** The next position in the log, for when this reading is stored. */
  cursor: string | undefined;
}

/** A controller that needs longer is reported as unreachable. */
const sampleWithin = seconds(30);
/** A log that takes longer is left out of this reading. */
const logWithin = seconds(60);
const mostWords = 500;

/**
 * Samples one controller. A light sample reads its health: three requests. A full one also reads every sensor and the
 * new log entries: two to seven requests more, and ten times the bytes.
 */
export class Sampler {
  readonly #options: SamplerOptions;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /**
   * Takes a light sample, or a full one where that is asked for or the health differs from `health`. Never rejects: a
   * controller that does not answer is a reading too.
   */
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

  /** Undefined where the log could not be read: the rest of the reading still counts. */
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
