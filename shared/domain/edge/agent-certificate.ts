import { createHash, X509Certificate } from 'node:crypto';
import { AppError } from '../../kernel/errors/app-error.ts';
import { AgentId, DatacenterId } from '../../kernel/ids.ts';

/** Which agent, and for which datacenter it speaks. */
export interface AgentName {
  datacenter: DatacenterId;
  agentId: AgentId;
}

/** What an agent's certificate says of it. */
export interface AgentCertificate extends AgentName {
  /** Digest of the whole certificate, in hex. */
  fingerprint: string;
  /** Whether this authority (PEM) signed it. */
  isSignedBy(authority: string): boolean;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** The one name in an agent's certificate. */
export const agentUri = ({ datacenter, agentId }: AgentName): string => `urn:rackline:edge:${datacenter}:${agentId}`;

export const fingerprintOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex');

/**
 * Reads a certificate (DER) as that of an agent at that moment (milliseconds since 1970). Throws `unauthenticated`,
 * saying why, for every other. Who signed it, and whether we know the agent, is asked of the answer and of the
 * database.
 */
export function readAgentCertificate(der: Buffer, now: number): AgentCertificate {
  const certificate = certificateIn(der);
  if (now < certificate.validFromDate.getTime())
    throw refused(
      'edge.certificate-not-yet',
      `This certificate is good from ${certificate.validFromDate.toISOString()} on; here it is ` +
        `${new Date(now).toISOString()}. Look at the clocks.`,
    );
  if (now >= certificate.validToDate.getTime())
    throw refused(
      'edge.certificate-over',
      `This certificate ended at ${certificate.validToDate.toISOString()}. The agent has to be enrolled again.`,
    );
  if (certificate.ca || !certificate.keyUsage?.includes(clientAuth))
    throw refused('edge.certificate-unfit', 'This certificate is not one for clients.');
  const name = agentNameIn(certificate);
  if (!name) throw refused('edge.certificate-nameless', 'This certificate does not name one agent and nothing else.');
  return {
    ...name,
    fingerprint: fingerprintOf(certificate),
    isSignedBy: (authority) => isSignedBy(certificate, new X509Certificate(authority)),
  };
}

function certificateIn(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw refused('edge.certificate-unreadable', 'What came as a client certificate is none.', cause);
  }
}

/**
 * The agent that a certificate names; undefined where it names nobody, or anything beside one agent. Node writes the
 * alternative names as one text, several divided by commas: this fits only where there is exactly one.
 */
export function agentNameIn({ subjectAltName = '' }: X509Certificate): AgentName | undefined {
  const [, datacenter, agentId] = /^URI:urn:rackline:edge:([^:, ]+):([^:, ]+)$/.exec(subjectAltName) ?? [];
  const name = { datacenter: DatacenterId.safeParse(datacenter), agentId: AgentId.safeParse(agentId) };
  return name.datacenter.success && name.agentId.success
    ? { datacenter: name.datacenter.data, agentId: name.agentId.data }
    : undefined;
}

const isSignedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

const refused = (code: string, publicMessage: string, cause?: unknown): AppError =>
  new AppError({ code, kind: 'unauthenticated', publicMessage, cause });
