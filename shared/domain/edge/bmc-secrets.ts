import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { SecretRef, Secrets } from '../../ports/secrets.ts';
import { assetsAt } from '../assets/assets.db.ts';
import { scopeOfSecret } from '../credentials/bmc-access.ts';
import type { EdgeSecrets } from './edge.api.ts';

/**
 * The credentials behind these references, null where there are none. Throws `edge.foreign-secret` where one of them is
 * not of a management controller in these datacenters.
 */
export async function readBmcSecrets(
  refs: readonly SecretRef[],
  datacenterIds: readonly string[],
  { db, secrets }: { db: Queryable; secrets: Pick<Secrets, 'read'> },
): Promise<EdgeSecrets> {
  const foreign = await firstForeign(refs, datacenterIds, db);
  if (foreign !== undefined)
    throw new AppError({
      code: 'edge.foreign-secret',
      kind: 'forbidden',
      publicMessage: `${foreign} is not of a management controller in this agent's datacenter.`,
    });
  return {
    secrets: await Promise.all(refs.map(async (ref) => ({ ref, credentials: (await secrets.read(ref)) ?? null }))),
  };
}

/** Every agent may read factory credentials: they belong to a make and to no server. */
async function firstForeign(
  refs: readonly SecretRef[],
  datacenterIds: readonly string[],
  db: Queryable,
): Promise<SecretRef | undefined> {
  const scopes = refs.map((ref) => ({ ref, scope: scopeOfSecret(ref) }));
  const servers = new Set(scopes.flatMap(({ scope }) => (scope.kind === 'server' ? [scope.serverId] : [])));
  const own = new Set(await assetsAt(db, [...servers], datacenterIds));
  return scopes.find(({ scope }) => scope.kind === 'none' || (scope.kind === 'server' && !own.has(scope.serverId)))
    ?.ref;
}
