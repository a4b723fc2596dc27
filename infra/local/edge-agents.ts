import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { IdentityFiles, type StoredIdentity } from '../../edge/platform/identity-files.ts';
import { createVaultPki } from '../../shared/adapters/vault/pki.ts';
import type { AgentView, EnrolmentCode } from '../../shared/domain/edge/agents.api.ts';
import { makeKey, makeRequest } from '../../shared/kernel/certificate-request.ts';
import { days, seconds } from '../../shared/kernel/durations.ts';
import { Secret } from '../../shared/kernel/secret.ts';
import { connectSystems } from '../../shared/wiring/connect-systems.ts';
import { readSettings } from '../../shared/wiring/settings.ts';
import { labVault, PlatformClient } from './lab.ts';

/** Files of the hosts' TLS listeners, and of those whom agents have to trust. */
export interface TlsFiles {
  cert: string;
  key: string;
  /** Who vouches for agents. */
  clientCa: string;
  /** Who vouches for the hosts. */
  serverCa: string;
}

const serverLifetime = days(365);

/** What TLS between hosts and agents needs; `agentAuthority`: PEM of who vouches for agents. */
export interface Tls {
  files: TlsFiles;
  agentAuthority: readonly string[];
}

/**
 * A certificate for the hosts from the lab's Vault, kept while it is good. Agents are vouched for by the
 * Vault of `environment`, the lab's or yours.
 */
export async function prepareTls(
  folder: string,
  { labUrl, host, environment }: { labUrl: string; host: string; environment: Readonly<Record<string, string>> },
): Promise<Tls> {
  const agentAuthority = await (await connectSystems(readSettings(environment), {})).authority.chain();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = {
    cert: path.join(folder, 'host.pem'),
    key: path.join(folder, 'host.key.pem'),
    clientCa: path.join(folder, 'agents-authority.pem'),
    serverCa: path.join(folder, 'hosts-authority.pem'),
  };
  const { token, mount, serverRole } = await labVault();
  const vault = createVaultPki({
    baseUrl: `${labUrl}/vault`,
    login: { token: new Secret(token) },
    mount,
    role: serverRole,
  });
  const chain = await vault.chain();
  writeFileSync(files.clientCa, agentAuthority.join(''));
  writeFileSync(files.serverCa, chain.join(''));
  if (isGood(files.cert, host, chain)) return { files, agentAuthority };
  const key = makeKey();
  const { certificate, chain: above } = await vault.sign({
    request: makeRequest(key),
    names: isIP(host) ? { addresses: [host] } : { hosts: [host] },
    lifetimeSeconds: serverLifetime / seconds(1),
  });
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.cert, certificate + above.join(''));
  return { files, agentAuthority };
}

function isGood(file: string, host: string, chain: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    return (
      (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined &&
      certificate.validToDate.getTime() > Date.now() + days(30) &&
      isSignedBy(certificate, chain)
    );
  } catch {
    return false; // none yet, or none that can be read: another is made
  }
}

const isSignedBy = (certificate: X509Certificate, [issuer = '']: readonly string[]): boolean =>
  certificate.verify(new X509Certificate(issuer).publicKey);

/**
 * An enrolment code for each of these datacenters, made by operations through the API; empty where the agent has an
 * identity that counts.
 */
export async function codesFor(
  datacenters: readonly string[],
  {
    folder,
    url,
    issuer,
    agentAuthority,
  }: { folder: string; url: string; issuer: string; agentAuthority: readonly string[] },
): Promise<string[]> {
  const ops = new PlatformClient({ url, issuer, signIn: 'ops@rackline.example' });
  const { items } = await ops.get<{ items: AgentView[] }>('/api/v1/edge/agents?limit=200');
  const active = new Set(items.filter(({ state }) => state === 'active').map(({ id }) => id));
  const isGoodIdentity = (identity: StoredIdentity | undefined) =>
    identity !== undefined &&
    active.has(identity.agentId) &&
    identity.validUntil > Date.now() &&
    isSignedBy(new X509Certificate(identity.certificate), agentAuthority);
  return Promise.all(
    datacenters.map(async (datacenter) =>
      isGoodIdentity(identityIn(path.join(folder, datacenter)))
        ? ''
        : (await ops.post<EnrolmentCode>('/api/v1/edge/enrolments', { datacenter })).code,
    ),
  );
}

function identityIn(folder: string): StoredIdentity | undefined {
  try {
    return new IdentityFiles(folder).read();
  } catch {
    return undefined; // the agent says what is wrong with it, and uses its code
  }
}
