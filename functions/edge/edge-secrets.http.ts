import { readBmcSecrets } from '../../shared/domain/edge/bmc-secrets.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const edgeSecrets = httpFunction(uplinkApi.secrets, async ({ caller, body: { refs } }, deps) =>
  ok(await readBmcSecrets(refs, caller.datacenterIds, deps)),
);
