import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { credentialsApi } from '../../shared/domain/credentials/credentials.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const revealCredentials = httpFunction(credentialsApi.reveal, async ({ caller, params }, { db, secrets }) => {
  const asset = await findAsset(db, params.id);
  if (!asset || asset.tenantId === null || !caller.may('server:credentials', asset))
    throw notFound('server', params.id);
  const credentials =
    asset.state === 'IN_SERVICE' || asset.state === 'MAINTENANCE'
      ? await secrets.read(tenantSecret(asset.id))
      : undefined;
  if (!credentials)
    throw new AppError({
      code: 'server.no-credentials',
      kind: 'conflict',
      publicMessage: `The server is ${asset.state}: there are no credentials to show.`,
    });
  return ok({ ...credentials, address: asset.bmcAddress });
});
