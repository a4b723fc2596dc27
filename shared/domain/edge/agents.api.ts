import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { AgentId, DatacenterId } from '../../kernel/ids.ts';

/** A release of the agent; also the name of its file, hence no slashes. */
export const AgentVersion = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/, 'must be a version, such as 1.4.0');

export const CreateEnrolment = z.object({ datacenter: DatacenterId });
/** The code is shown here once and never again. */
export const EnrolmentCode = z.object({ code: z.string(), datacenter: DatacenterId, expiresAt: z.string() });
export type EnrolmentCode = z.infer<typeof EnrolmentCode>;

/** PKCS #10 in PEM, for a key of type EC P-256. */
const CertificateRequest = z.string().max(10_000);
export const EnrolAgent = z.object({
  code: z.string().min(1).max(200),
  csr: CertificateRequest,
  version: AgentVersion,
});
export const RenewAgent = z.object({ csr: CertificateRequest, version: AgentVersion });
/** An agent's identity: its certificate and, in order, those of its issuers, in PEM. */
export const AgentIdentity = z.object({
  agentId: z.string(),
  datacenter: DatacenterId,
  certificate: z.string(),
  chain: z.string(),
  expiresAt: z.iso.datetime(),
});
export type AgentIdentity = z.infer<typeof AgentIdentity>;

/** `enrolling`: its code was accepted, but it has no certificate yet. `over`: its certificate has expired. */
export const AgentState = z.enum(['enrolling', 'active', 'over', 'revoked']);
export const AgentView = z.object({
  id: z.string(),
  datacenterId: z.string(),
  state: AgentState,
  version: z.string(),
  enrolledAt: z.string(),
  lastSeenAt: z.string(),
  certificateExpiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokedReason: z.string().nullable(),
});
export type AgentView = z.infer<typeof AgentView>;
export const RevokeAgent = z.object({ reason: z.string().trim().min(3).max(500) });

/**
 * The release that an agent is to run: its URL, its digest in hex, and the builder's Ed25519 signature in base64 over
 * version and digest.
 */
export const EdgeRelease = z.object({
  version: AgentVersion,
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest in lower-case hex'),
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/, 'must be an Ed25519 signature in base64'),
});
export type EdgeRelease = z.infer<typeof EdgeRelease>;
export const DatacenterRelease = EdgeRelease.extend({ datacenter: DatacenterId, setBy: z.string(), setAt: z.string() });

/** The configuration of a datacenter's agent, which pulls and stores it. */
export const EdgeConfiguration = z.object({
  datacenter: DatacenterId,
  /** The only networks in which it connects to BMCs. */
  managementPrefixes: z.array(z.union([z.cidrv4(), z.cidrv6()])),
  /** How often it pulls. */
  pullSeconds: z.number().int().min(1).max(86_400),
  release: EdgeRelease.nullable(),
});
export type EdgeConfiguration = z.infer<typeof EdgeConfiguration>;

/** How people let agents in, see them, and shut them out. */
export const agentsApi = {
  list: contract({
    name: 'list-agents',
    route: 'GET /v1/edge/agents',
    summary:
      'The edge agents that were let in, newest first: what they run, when they were last heard of, until ' +
      'when their certificate is good.',
    audience: 'users',
    permission: 'edge:read',
    query: PageQuery,
    answer: page(AgentView),
  }),
  createEnrolment: contract({
    name: 'create-enrolment',
    route: 'POST /v1/edge/enrolments',
    summary: 'Make a code that lets one edge agent in, once, within an hour. It is shown here and never again.',
    audience: 'users',
    permission: 'edge:enrol',
    subject: { noun: 'datacenter', by: 'body.datacenter' },
    body: CreateEnrolment,
    answer: EnrolmentCode,
    keepsAnswer: false,
  }),
  revoke: contract({
    name: 'revoke-agent',
    route: 'POST /v1/edge/agents/{id}/revoke',
    summary: 'Shut an edge agent out, at once and for good. Another code lets another one in.',
    audience: 'users',
    permission: 'edge:revoke',
    subject: { noun: 'agent', by: 'params.id' },
    params: z.object({ id: AgentId }),
    body: RevokeAgent,
    answer: AgentView,
  }),
  setRelease: contract({
    name: 'set-release',
    route: 'PUT /v1/edge/releases/{datacenter}',
    summary:
      'Which release the agent of a datacenter is to run. It fetches, checks and starts it by itself, and ' +
      'goes back if that does not do.',
    audience: 'users',
    permission: 'edge:release',
    subject: { noun: 'datacenter', by: 'params.datacenter' },
    params: z.object({ datacenter: DatacenterId }),
    body: EdgeRelease,
    answer: DatacenterRelease,
  }),
};
