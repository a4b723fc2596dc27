import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import type { ServerId } from '../kernel/ids.ts';
import { State } from './states.ts';

/** Where a server stands, as far as the lifecycle decides on it. */
export const Standing = z.object({
  state: State,
  version: z.number().int(),
  last_cause: z.string(),
  last_step: z.string().nullable(),
  tenant_id: z.string().nullable(),
  datacenter_id: z.string(),
});
export type Standing = z.infer<typeof Standing>;

/**
 * Locks a server until the transaction ends. Its state and its proofs change under this lock only, so what is read
 * afterwards in the same transaction holds. Throws AppError `asset.unknown` for a server that does not exist.
 */
export async function lockServer(tx: Queryable, serverId: ServerId): Promise<Standing> {
  const standing = await tx.maybe(
    Standing,
    'SELECT state, version, last_cause, last_step, tenant_id, datacenter_id FROM asset WHERE id = $1 FOR UPDATE',
    [serverId],
  );
  if (!standing)
    throw new AppError({ code: 'asset.unknown', kind: 'not-found', publicMessage: `There is no server ${serverId}.` });
  return standing;
}
