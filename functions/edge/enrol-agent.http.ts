import { enrolAgent as enrol } from '../../shared/domain/edge/enrol-agent.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { addressOf } from '../../shared/http/who-asks.ts';

export const enrolAgent = httpFunction(uplinkApi.enrol, async ({ body, request }, deps) => {
  const identity = await enrol(body, addressOf(request), deps);
  return { status: 200, body: identity, actedAs: `edge:${identity.agentId}` };
});
