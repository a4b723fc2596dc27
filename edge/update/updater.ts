import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EdgeRelease } from '../../shared/domain/edge/agents.api.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { systemCode } from '../kernel/system-error.ts';
import { fileOf, isSignedWith } from './release.ts';

export interface UpdaterOptions {
  /** The folder of releases, which the launcher reads too. */
  folder: string;
  /** The release that runs now. */
  version: string;
  /** The release that was rolled back to this one; undefined where none was. */
  rolledBack: string | undefined;
  /** The key that releases are signed with; undefined: no update is accepted. */
  key: KeyObject | undefined;
  /** Whether a launcher is there to start another release. */
  isLaunched: boolean;
  download(release: EdgeRelease, file: string): Promise<void>;
  /** Stops the agent in good order, so that the launcher starts the release that `next` names. */
  handOver(): void;
  log: EdgeLog;
}

export interface UpdateStatus {
  version: string;
  /** The release that the platform wants; null where it names none. */
  wanted: string | null;
  /**
   * `off`: cannot update itself. `refused`: the download or its check failed. `rolled-back`: it ran on trial and
   * failed.
   */
  state: 'current' | 'off' | 'fetching' | 'refused' | 'rolled-back' | 'handing-over';
  reason: string | null;
}

/**
 * Updates the agent to the release that the platform wants: downloads it, puts it in place once its signature is
 * verified, and hands over to the launcher. A release that was rolled back is not tried again until another one has
 * run.
 */
export class Updater {
  readonly #options: UpdaterOptions;
  #status: UpdateStatus;
  #inFlight: Promise<void> | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#status = { version: options.version, wanted: null, state: 'current', reason: null };
  }

  status = (): UpdateStatus => this.#status;

  /** Call it with the wanted release at each pull, so that a failed update is retried. Never rejects. */
  consider(release: EdgeRelease | null): Promise<void> {
    this.#inFlight ??= this.#follow(release).finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  async #follow(release: EdgeRelease | null): Promise<void> {
    const { version, rolledBack, key, isLaunched } = this.#options;
    if (this.#status.state === 'handing-over') return;
    if (release === null || release.version === version) return this.#become('current', release);
    if (release.version === rolledBack)
      return this.#become(
        'rolled-back',
        release,
        'it was started here and failed its trial; it is not tried again until another release has run',
      );
    if (!key) return this.#become('off', release, 'there is no key to verify releases with (EDGE_RELEASE_KEY)');
    if (!isLaunched)
      return this.#become('off', release, 'this agent was not started by the launcher (edge/launch.mjs)');
    try {
      if (!isSignedWith(release, key))
        throw new Error('its signature does not fit the key in EDGE_RELEASE_KEY, the version and the digest');
      await this.#put(release);
    } catch (error) {
      return this.#become('refused', release, explain(error));
    }
    this.#become('handing-over', release);
    this.#options.handOver();
  }

  async #put(release: EdgeRelease): Promise<void> {
    const { folder, download } = this.#options;
    const file = path.join(folder, fileOf(release.version));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((await digestOf(file)) !== release.sha256) {
      if (this.#status.state !== 'refused') this.#become('fetching', release);
      await download(release, file);
    }
    replaceFile(path.join(folder, 'next'), `${release.version}\n`);
  }

  #become(state: UpdateStatus['state'], release: EdgeRelease | null, reason: string | null = null): void {
    const { log, version } = this.#options;
    const isDue =
      this.#status.state !== state ||
      this.#status.wanted !== (release?.version ?? null) ||
      this.#status.reason !== reason;
    this.#status = { version, wanted: release?.version ?? null, state, reason };
    if (!isDue || release === null) return;
    if (state === 'handing-over') log.handingOver({ what: release.version });
    if (state === 'off' || state === 'refused' || state === 'rolled-back')
      log.notUpdated({ what: release.version, reason: reason ?? '' });
  }
}

/** Undefined where there is no such file. */
async function digestOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
