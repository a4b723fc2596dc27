import { z } from 'zod';
import { readBmcSecrets } from '../../shared/domain/edge/bmc-secrets.ts';
import { EdgeSecrets } from '../../shared/domain/edge/edge.api.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { SecretRef } from '../../shared/ports/secrets.ts';

export const edgeSecrets = httpFunction({
  name: 'edge-secrets',
  route: 'POST /v1/edge/secrets',
  summary:
    'Credentials of management controllers in the datacenter of the agent that asks, by reference. Each request is ' +
    'in the audit log.',
  body: z.object({ refs: z.array(SecretRef).min(1).max(200) }),
  answer: EdgeSecrets,
  keepsAnswer: false,
  allow: ({ caller }) => caller.may('edge:secret'),
  handle: async ({ caller, body: { refs } }, deps) => ok(await readBmcSecrets(refs, caller.datacenterIds, deps)),
});
