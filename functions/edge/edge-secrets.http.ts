import { z } from 'zod';
import { assetsAt } from '../../shared/domain/assets/assets.db.ts';
import { serverOfSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { EdgeSecrets } from '../../shared/domain/edge/edge.api.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { SecretRef } from '../../shared/ports/secrets.ts';

export const edgeSecrets = httpFunction({
  name: 'edge-secrets',
  route: 'POST /v1/edge/secrets',
  summary:
    'Credentials of management controllers in the datacenter of the agent that asks, by where they are ' +
    'kept. Each question is in the audit log.',
  body: z.object({ refs: z.array(SecretRef).min(1).max(200) }),
  answer: EdgeSecrets,
  keepsAnswer: false,
  allow: ({ caller }) => caller.may('edge:secret'),
  handle: async ({ caller, body: { refs } }, { db, secrets }) => {
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
  },
});
