import { AgentIdentity, EnrolAgent } from '../../shared/domain/edge/agents.api.ts';
import { enrolAgent as enrol } from '../../shared/domain/edge/enrol-agent.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { addressOf } from '../../shared/http/register.ts';

export const enrolAgent = httpFunction({
  name: 'enrol-agent',
  route: 'POST /v1/edge/enrol',
  summary:
    'An edge agent presents its code and a certificate request, and gets its identity. Repeated with the same key it ' +
    'gets the same identity.',
  body: EnrolAgent,
  answer: AgentIdentity,
  keepsAnswer: false,
  isOpen: true,
  allow: () => true,
  handle: async ({ body, request }, deps) => {
    const identity = await enrol(body, addressOf(request), deps);
    return { status: 200, body: identity, actedAs: `edge:${identity.agentId}` };
  },
});
