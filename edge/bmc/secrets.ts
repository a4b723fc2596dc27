import type { Credentials, SecretRef, Secrets } from '../../shared/ports/secrets.ts';
import type { Platform } from '../platform/platform.ts';

export interface EdgeSecretsOptions {
  platform: Pick<Platform, 'readSecrets'>;
  now(): number;
  cacheMilliseconds?: number;
}

const mostAtOnce = 200;

/**
 * Passwords of this datacenter's management controllers, asked of the platform and kept in memory only, for a while:
 * sessions can be renewed while the line is down, and nothing is on a disk that somebody carries away.
 */
export class EdgeSecrets implements Pick<Secrets, 'read'> {
  readonly #options: Required<EdgeSecretsOptions>;
  readonly #cached = new Map<SecretRef, { credentials: Credentials; until: number }>();
  /** Asked for in the same moment, sent as one question. */
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
      if (cached) return cached.credentials; // older than one likes, and most likely right
      throw error;
    }
  }

  /** It did not open the door: the next reading asks anew. */
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
