import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import { SecretRef } from '../../ports/secrets.ts';
import { AgentIdentity, AgentVersion, EdgeConfiguration, EnrolAgent, RenewAgent } from './agents.api.ts';
import { EdgeCommands, EdgeEvents, EdgeSecrets, ExpectedServers } from './edge.api.ts';

/** An agent that has not asked for this long has lost its datacenter to whichever asks next. */
export const leaseSeconds = 15;

/** What the agents of datacenters ask of the platform. */
export const uplinkApi = {
  enrol: contract({
    name: 'enrol-agent',
    route: 'POST /v1/edge/enrol',
    summary:
      'An edge agent shows its code and a certificate request, and is somebody from then on. Repeated with ' +
      'the same key it gets the same identity.',
    audience: 'anonymous',
    permission: null,
    body: EnrolAgent,
    answer: AgentIdentity,
    keepsAnswer: false,
  }),
  renew: contract({
    name: 'renew-agent',
    route: 'POST /v1/edge/renew',
    summary:
      'Another certificate for the agent that asks, for the key of its request. The one before counts until it ends.',
    audience: 'agents',
    permission: 'edge:renew',
    body: RenewAgent,
    answer: AgentIdentity,
    keepsAnswer: false,
  }),
  configuration: contract({
    name: 'edge-config',
    route: 'GET /v1/edge/config',
    summary:
      'What the agent that asks has to know of its datacenter. It says what it runs. With If-None-Match it ' +
      'answers 304 while nothing has changed.',
    audience: 'agents',
    permission: 'edge:configure',
    query: z.object({ version: AgentVersion }),
    answer: EdgeConfiguration,
  }),
  expected: contract({
    name: 'expected-servers',
    route: 'GET /v1/edge/expected',
    summary:
      "The servers of an agent's datacenter, to be kept there. With If-None-Match it answers 304 while " +
      'nothing has changed.',
    audience: 'agents',
    permission: 'edge:expect',
    query: z.object({ datacenter: DatacenterId.optional() }),
    answer: ExpectedServers,
  }),
  events: contract({
    name: 'edge-events',
    route: 'POST /v1/edge/events',
    summary:
      'What a datacenter has seen, and how its commands ended. Accepted when it is kept; sending it again ' +
      'changes nothing.',
    audience: 'agents',
    permission: 'edge:report',
    body: EdgeEvents,
    mostBodyBytes: 5_000_000,
    isRoutine: true,
    answer: z.object({ accepted: z.number().int() }),
  }),
  commands: contract({
    name: 'edge-commands',
    route: 'GET /v1/edge/commands',
    summary:
      'What is to be done at the management controllers of a datacenter. Waits a while where there is ' +
      'nothing yet; asking keeps the lease of the agent that acts there.',
    audience: 'agents',
    permission: 'edge:command',
    query: z.object({
      datacenter: DatacenterId,
      /** The process that asks, and the number of its question: a question asked again has the same answer. */
      process: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
      ask: z.coerce.number<number | string>().int().min(0),
      limit: z.coerce.number<number | string>().int().min(0).max(500).default(100),
      /** Seconds to wait for a command, below the lease's. */
      wait: z.coerce
        .number<number | string>()
        .min(0)
        .max(leaseSeconds - 5)
        .default(0),
    }),
    answer: EdgeCommands,
  }),
  secrets: contract({
    name: 'edge-secrets',
    route: 'POST /v1/edge/secrets',
    summary:
      'Credentials of management controllers in the datacenter of the agent that asks, by where they are ' +
      'kept. Each question is in the audit log.',
    audience: 'agents',
    permission: 'edge:secret',
    body: z.object({ refs: z.array(SecretRef).min(1).max(200) }),
    answer: EdgeSecrets,
    keepsAnswer: false,
  }),
};
