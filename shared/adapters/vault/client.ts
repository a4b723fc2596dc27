import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { Credentials, SecretRef, Secrets } from '../../ports/secrets.ts';
import { ErrorAnswer, NotFoundAnswer, ReadAnswer, WriteAnswer } from './contract.ts';
import { isVersionMismatch, toCredentials, versionBelow } from './map.ts';
import { openVault, type VaultReach } from './open-vault.ts';

export interface VaultOptions extends VaultReach {
  /** Where the KV version 2 engine is mounted. */
  mount?: string;
}

/** Credentials in Vault's KV version 2 engine. */
export function createVault(options: VaultOptions): Secrets {
  const { mount = 'secret' } = options;
  const http = openVault(options);

  const data = (ref: SecretRef) => `v1/${mount}/data/${ref}`;
  const fetch = async (ref: SecretRef): Promise<{ found: Credentials } | { versionBelow: number }> => {
    const { status, body } = await http.send({
      method: 'GET',
      path: data(ref),
      answers: { 200: ReadAnswer, 404: NotFoundAnswer },
    });
    return status === 200 ? { found: toCredentials(body) } : { versionBelow: versionBelow(body) };
  };
  const put = async (ref: SecretRef, value: Credentials, cas?: number): Promise<'written' | 'version mismatch'> => {
    const { status, body } = await http.send({
      method: 'POST',
      path: data(ref),
      body: {
        data: { username: value.username, password: value.password },
        ...(cas !== undefined && { options: { cas } }),
      },
      answers: { 200: WriteAnswer, 400: ErrorAnswer },
      // A plain write repeated only adds a version with the same content; a create-only one is stopped by its version.
      repeatable: true,
    });
    if (status === 200) return 'written';
    if (isVersionMismatch(body.errors)) return 'version mismatch';
    throw new AppError({
      code: 'vault.refused',
      kind: 'bug',
      publicMessage: `Vault refused to keep the secret ${ref}: ${body.errors.join('; ')}.`,
    });
  };

  async function create(ref: SecretRef, value: Credentials): Promise<Credentials> {
    const before = await fetch(ref);
    if ('found' in before) return before.found;
    if ((await put(ref, value, before.versionBelow)) === 'written') return value;
    const after = await fetch(ref);
    if ('found' in after) return after.found;
    throw new AppError({
      code: 'vault.contended',
      kind: 'conflict',
      publicMessage: `The secret ${ref} was written and removed by others at the same moment. Try again.`,
    });
  }

  return {
    read: async (ref) => {
      const answer = await fetch(ref);
      return 'found' in answer ? answer.found : undefined;
    },
    write: async (ref, value, { createOnly = false } = {}) => {
      if (createOnly) return create(ref, value);
      await put(ref, value);
      return value;
    },
    destroy: async (ref) =>
      void (await http.send({
        method: 'DELETE',
        path: `v1/${mount}/metadata/${ref}`,
        answers: { 204: z.unknown(), 404: z.unknown() },
      })),
  };
}
