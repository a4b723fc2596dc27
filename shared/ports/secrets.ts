import { z } from 'zod';

/** Where a secret is kept: `bmc/srv_01J…/service`. The reference may travel; the value may not. */
export const SecretRef = z
  .string()
  .regex(/^[a-z0-9-]+(\/[A-Za-z0-9_-]+)+$/)
  .brand<'secret'>();
export type SecretRef = z.infer<typeof SecretRef>;

export interface Credentials {
  username: string;
  password: string;
}

/** The safe (Vault KV v2). */
export interface Secrets {
  read(ref: SecretRef): Promise<Credentials | undefined>;
  /** Writes a new version. `createOnly` leaves an existing secret alone and answers what is there. */
  write(ref: SecretRef, value: Credentials, options?: { createOnly?: boolean }): Promise<Credentials>;
  /** Destroys every version. Removing what is not there is success. */
  destroy(ref: SecretRef): Promise<void>;
}
