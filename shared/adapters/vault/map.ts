import type { z } from 'zod';
import type { Credentials } from '../../ports/secrets.ts';
import type { NotFoundAnswer, ReadAnswer } from './contract.ts';

export const toCredentials = ({ data }: z.infer<typeof ReadAnswer>): Credentials => ({
  username: data.data.username,
  password: data.data.password,
});

/** The version a create-only write has to name: none yet is 0, a deleted secret still counts its versions. */
export const versionBelow = (answer: z.infer<typeof NotFoundAnswer>): number => answer.data?.metadata.version ?? 0;

/** Vault says in words alone that a write lost its check-and-set. */
export const isVersionMismatch = (errors: readonly string[]): boolean =>
  errors.some((error) => error.includes('check-and-set parameter did not match'));
