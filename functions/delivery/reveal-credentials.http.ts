import { z } from 'zod';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { RevealedCredentials } from '../../shared/domain/credentials/credentials.api.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { ServerId } from '../../shared/kernel/ids.ts';

export const revealCredentials = httpFunction({
  name: 'reveal-credentials',
  route: 'POST /v1/servers/{id}/credentials/reveal',
  summary: "Show a server's management credentials to its tenant. Each look is in the audit log.",
  params: z.object({ id: ServerId }),
  answer: RevealedCredentials,
  keepsAnswer: false,
  allow: ({ caller }) => caller.may('server:credentials'),
  handle: async ({ caller, params }, { db, secrets }) => {
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
  },
});
