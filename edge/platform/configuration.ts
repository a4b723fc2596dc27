import { EdgeConfiguration, type EdgeRelease } from '../../shared/domain/edge/agents.api.ts';
import { minutes, seconds } from '../../shared/kernel/durations.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { Kept, type KeptOptions, type KeptStatus } from './kept.ts';
import type { Platform } from './platform.ts';

export type ConfigurationOptions = Pick<KeptOptions<EdgeConfiguration>, 'file' | 'time' | 'log' | 'datacenter'> & {
  platform: Pick<Platform, 'pullConfiguration'>;
  /** Called with what the agent is to run, each time that the platform has said so. */
  onRelease(release: EdgeRelease | null): void;
};

export type ConfigurationStatus = KeptStatus & { managementPrefixes: readonly string[]; pullSeconds: number };

/** What the platform has to say to the agent of this datacenter, as it last said it. */
export class Configuration {
  readonly #kept: Kept<EdgeConfiguration>;
  #waiting: (() => void)[] = [];

  constructor({ platform, onRelease, ...options }: ConfigurationOptions) {
    this.#kept = new Kept({
      ...options,
      what: 'the configuration',
      schema: EdgeConfiguration,
      everyMilliseconds: () => this.pullEveryMilliseconds,
      pull: (etag) => platform.pullConfiguration(etag),
      confirmed: ({ release }) => {
        this.#waiting.splice(0).forEach((wake) => wake());
        onRelease(release);
      },
      take: (configuration) => {
        if (configuration.datacenter !== options.datacenter)
          throw new AppError({
            code: 'edge.wrong-datacenter',
            kind: 'invalid',
            publicMessage:
              `The platform takes this agent for that of ${configuration.datacenter}; it is set to be that ` +
              `of ${options.datacenter}.`,
          });
      },
    });
  }

  start(): void {
    this.#kept.start();
  }
  stop(): void {
    this.#kept.stop();
  }

  refresh(): Promise<void> {
    return this.#kept.refresh();
  }

  /** Resolves when the platform has said once what it is. Rejects when the signal aborts before. */
  known(signal: AbortSignal): Promise<void> {
    if (this.#kept.value !== undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
  get isKnown(): boolean {
    return this.#kept.value !== undefined;
  }
  /** The only networks in which management controllers are spoken to; none while nobody has said. */
  get managementPrefixes(): readonly string[] {
    return this.#kept.value?.managementPrefixes ?? [];
  }
  /** How often the platform is asked for what is new. */
  get pullEveryMilliseconds(): number {
    return this.#kept.value === undefined ? minutes(1) : seconds(this.#kept.value.pullSeconds);
  }

  status(): ConfigurationStatus {
    return {
      managementPrefixes: this.managementPrefixes,
      pullSeconds: this.pullEveryMilliseconds / 1000,
      ...this.#kept.status(),
    };
  }
}
