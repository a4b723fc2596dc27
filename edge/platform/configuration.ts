import { EdgeConfiguration, type EdgeRelease } from '../../shared/domain/edge/agents.api.ts';
import { minutes, seconds } from '../../shared/kernel/durations.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Platform } from './platform.ts';
import { SyncedDocument, type SyncedDocumentOptions, type SyncedDocumentStatus } from './synced-document.ts';

export type ConfigurationOptions = Pick<
  SyncedDocumentOptions<EdgeConfiguration>,
  'file' | 'time' | 'log' | 'datacenter'
> & {
  platform: Pick<Platform, 'pullConfiguration'>;
  /** Called with the release that the agent is to run, each time the platform has confirmed it. */
  onRelease(release: EdgeRelease | null): void;
};

export type ConfigurationStatus = SyncedDocumentStatus & { managementPrefixes: readonly string[]; pullSeconds: number };

/** The configuration of this datacenter's agent, as the platform last sent it. */
export class Configuration {
  readonly #document: SyncedDocument<EdgeConfiguration>;
  #waiting: (() => void)[] = [];

  constructor({ platform, onRelease, ...options }: ConfigurationOptions) {
    this.#document = new SyncedDocument({
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
    this.#document.start();
  }
  stop(): void {
    this.#document.stop();
  }

  refresh(): Promise<void> {
    return this.#document.refresh();
  }

  /** Resolves when the configuration is known. Rejects when the signal aborts before that. */
  known(signal: AbortSignal): Promise<void> {
    if (this.#document.value !== undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
  get isKnown(): boolean {
    return this.#document.value !== undefined;
  }
  /**
   * The only networks in which the agent connects to management controllers; none before the platform has named them.
   */
  get managementPrefixes(): readonly string[] {
    return this.#document.value?.managementPrefixes ?? [];
  }
  /** How often the agent pulls (milliseconds). */
  get pullEveryMilliseconds(): number {
    return this.#document.value === undefined ? minutes(1) : seconds(this.#document.value.pullSeconds);
  }

  status(): ConfigurationStatus {
    return {
      managementPrefixes: this.managementPrefixes,
      pullSeconds: this.pullEveryMilliseconds / 1000,
      ...this.#document.status(),
    };
  }
}
