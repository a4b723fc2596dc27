import { findTenantServer } from '../../shared/domain/assets/assets.db.ts';
import { tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { credentialsApi } from '../../shared/domain/credentials/credentials.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const revealCredentials = httpFunction(credentialsApi.reveal, {
  find: findTenantServer,
  handle: async ({ subject: server }, { secrets }) => {
    const credentials =
      server.state === 'IN_SERVICE' || server.state === 'MAINTENANCE'
        ? await secrets.read(tenantSecret(server.id))
        : undefined;
    if (!credentials)
      throw new AppError({
        code: 'server.no-credentials',
        kind: 'conflict',
        publicMessage: `The server is ${server.state}: there are no credentials to show.`,
      });
    return ok({ ...credentials, address: server.bmcAddress });
  },
});
