import type { Credentials, SecretRef, Secrets } from '../../shared/ports/secrets.ts';
import type { Platform } from '../platform/platform.ts';

export interface EdgeSecretsOptions {
  platform: Pick<Platform, 'readSecrets'>;
  now(): number;
  cacheMilliseconds?: number;
}

const mostAtOnce = 200;

/**
 * Credentials of this datacenter's management controllers, read from the platform and cached in memory for a while:
 * sessions can be renewed while the link is down, and no password is on a disk.
 */
export class EdgeSecrets implements Pick<Secrets, 'read'> {
  readonly #options: Required<EdgeSecretsOptions>;
  readonly #cached = new Map<SecretRef, { credentials: Credentials; until: number }>();
  /** References requested in the same turn of the event loop go out as one request. */
  #wanted = new Map<
    SecretRef,
    { resolve: (found: Credentials | undefined) => void; reject: (error: unknown) => void }[]
  >();

  constructor(options: EdgeSecretsOptions) {
    this.#options = { cacheMilliseconds: 10 * 60_000, ...options };
  }

  async read(ref: SecretRef): Promise<Credentials | undefined> {
    const cached = this.#cached.get(ref);
    if (cached && cached.until > this.#options.now()) return cached.credentials;
    try {
      return await this.#ask(ref);
    } catch (error) {
      if (cached) return cached.credentials; // expired, but most likely still right
      throw error;
    }
  }

  /** The credentials were refused: the next read asks the platform. */
  forget(ref: SecretRef): void {
    this.#cached.delete(ref);
  }

  #ask(ref: SecretRef): Promise<Credentials | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#wanted.size === 0) setImmediate(() => this.#send());
      this.#wanted.set(ref, [...(this.#wanted.get(ref) ?? []), { resolve, reject }]);
    });
  }

  #send(): void {
    const all = [...this.#wanted];
    this.#wanted = new Map();
    for (let start = 0; start < all.length; start += mostAtOnce) {
      const some = all.slice(start, start + mostAtOnce);
      this.#options.platform.readSecrets(some.map(([ref]) => ref)).then(
        (found) => {
          for (const [ref, askers] of some) {
            const credentials = found.get(ref);
            if (credentials)
              this.#cached.set(ref, { credentials, until: this.#options.now() + this.#options.cacheMilliseconds });
            else this.#cached.delete(ref);
            for (const { resolve } of askers) resolve(credentials);
          }
        },
        (error: unknown) => {
          for (const [, askers] of some) for (const { reject } of askers) reject(error);
        },
      );
    }
  }
}
