import { createHash, X509Certificate } from 'node:crypto';
import { AppError } from '../../kernel/errors/app-error.ts';
import { AgentId, DatacenterId } from '../../kernel/ids.ts';

/** An agent and the datacenter that it serves. */
export interface AgentName {
  datacenter: DatacenterId;
  agentId: AgentId;
}

/** The parsed certificate of an agent. */
export interface AgentCertificate extends AgentName {
  /** SHA-256 of the whole certificate, in hex. */
  fingerprint: string;
  /** Whether this authority (PEM) signed it. */
  isSignedBy(authority: string): boolean;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** The only name in an agent's certificate. */
export const agentUri = ({ datacenter, agentId }: AgentName): string => `urn:rackline:edge:${datacenter}:${agentId}`;

export const fingerprintOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex');

/**
 * Parses a certificate (DER) as an agent's, valid at that moment (milliseconds since 1970). Throws `unauthenticated`,
 * with the reason, for any other. Who signed it is checked by `isSignedBy`, and whether the agent is known by the
 * database.
 */
export function readAgentCertificate(der: Buffer, now: number): AgentCertificate {
  const certificate = certificateIn(der);
  if (now < certificate.validFromDate.getTime())
    throw refused(
      'edge.certificate-not-yet',
      `This certificate is valid from ${certificate.validFromDate.toISOString()} on; here it is ` +
        `${new Date(now).toISOString()}. Check the clocks.`,
    );
  if (now >= certificate.validToDate.getTime())
    throw refused(
      'edge.certificate-over',
      `This certificate expired at ${certificate.validToDate.toISOString()}. The agent has to be enrolled again.`,
    );
  if (certificate.ca || !certificate.keyUsage?.includes(clientAuth))
    throw refused('edge.certificate-unfit', 'This certificate is not one for clients.');
  const name = agentNameIn(certificate);
  if (!name) throw refused('edge.certificate-nameless', 'This certificate does not name exactly one agent.');
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
    throw refused('edge.certificate-unreadable', 'The client certificate cannot be parsed.', cause);
  }
}

/**
 * The agent that a certificate names; undefined where it names none, or more than one agent. Node writes the
 * alternative names as one text, several separated by commas: the pattern fits exactly one.
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
