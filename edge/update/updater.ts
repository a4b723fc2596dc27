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
  /** Where releases are, and where the launcher looks. */
  folder: string;
  /** What runs now. */
  version: string;
  /** What ran before it and had to be taken back; undefined where nothing had. */
  rolledBack: string | undefined;
  /** Who signs releases; undefined: nobody is believed. */
  key: KeyObject | undefined;
  /** Whether there is a launcher that would start another release. */
  isLaunched: boolean;
  download(release: EdgeRelease, file: string): Promise<void>;
  /** Ends what runs now, in good order, so that the launcher starts what `next` names. */
  handOver(): void;
  log: EdgeLog;
}

export interface UpdateStatus {
  version: string;
  /** What the platform wants it to be; null where it has no wish. */
  wanted: string | null;
  /**
   * `off`: does not look after itself. `refused`: not fetched, or not what it should be. `rolled-back`: it was tried
   * and did not do.
   */
  state: 'current' | 'off' | 'fetching' | 'refused' | 'rolled-back' | 'handing-over';
  reason: string | null;
}

/**
 * Makes the agent the release that the platform wants it to be: fetches it, puts it in place only when it is what was
 * signed, and hands over to the launcher. A release that was taken back is not tried again; another one is.
 */
export class Updater {
  readonly #options: UpdaterOptions;
  #status: UpdateStatus;
  #underWay: Promise<void> | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#status = { version: options.version, wanted: null, state: 'current', reason: null };
  }

  status = (): UpdateStatus => this.#status;

  /** What the platform wants; told again and again, so that what failed is tried again. Never throws. */
  consider(release: EdgeRelease | null): Promise<void> {
    this.#underWay ??= this.#follow(release).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #follow(release: EdgeRelease | null): Promise<void> {
    const { version, rolledBack, key, isLaunched } = this.#options;
    if (this.#status.state === 'handing-over') return;
    if (release === null || release.version === version) return this.#become('current', release);
    if (release.version === rolledBack)
      return this.#become(
        'rolled-back',
        release,
        'it was started here and did not do; it is not tried again until another one has run',
      );
    if (!key) return this.#become('off', release, 'there is no key to know a release by (EDGE_RELEASE_KEY)');
    if (!isLaunched)
      return this.#become('off', release, 'this agent was not started by the launcher (edge/launch.mjs)');
    try {
      if (!isSignedWith(release, key))
        throw new Error('its signature is not that of the key in EDGE_RELEASE_KEY over this version and digest');
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
