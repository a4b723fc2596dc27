import { assetsAt } from '../../shared/domain/assets/assets.db.ts';
import { serverOfSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const edgeSecrets = httpFunction(uplinkApi.secrets, async ({ caller, body: { refs } }, { db, secrets }) => {
  const servers = [...new Set(refs.map(serverOfSecret).filter((id) => typeof id === 'string'))];
  const own = await assetsAt(db, servers, caller.datacenterIds);
  const foreign = refs.find((ref) => {
    const server = serverOfSecret(ref);
    return server === null || (server !== undefined && !own.includes(server));
  });
  if (foreign !== undefined)
    throw new AppError({
      code: 'edge.foreign-secret',
      kind: 'forbidden',
      publicMessage: `${foreign} is not of a management controller in this agent's datacenter.`,
    });
  const found = await Promise.all(refs.map(async (ref) => ({ ref, credentials: (await secrets.read(ref)) ?? null })));
  return ok({ secrets: found });
});
