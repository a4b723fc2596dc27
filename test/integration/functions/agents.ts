import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent } from 'undici';
import { createVaultPki } from '../../../shared/adapters/vault/pki.ts';
import type { AgentIdentity } from '../../../shared/domain/edge/agents.api.ts';
import { makeKey, makeRequest } from '../../../shared/kernel/certificate-request.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import { pkiMount, pkiRoles } from '../../simulators/vault/pki.ts';
import { vaultAccount } from '../../simulators/vault/vault.ts';

/**
 * The files of a host's TLS listener: a certificate for 127.0.0.1 from the lab's Vault, which also vouches for the
 * agents.
 */
export interface TlsFolder {
  env: { TLS_PORT: string; TLS_CERT: string; TLS_KEY: string; TLS_CLIENT_CA: string };
  /** PEM: whom its callers have to trust. */
  authorities: string;
  remove(): void;
}

export async function aTlsFolder(vaultUrl: string): Promise<TlsFolder> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-host-tls-'));
  const key = makeKey();
  const { certificate, chain } = await createVaultPki({
    baseUrl: vaultUrl,
    login: { token: new Secret(vaultAccount.token) },
    mount: pkiMount,
    role: pkiRoles.server,
  }).sign({ request: makeRequest(key), names: { addresses: ['127.0.0.1'] }, lifetimeSeconds: 86_400 });
  const put = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  return {
    env: {
      TLS_PORT: '0',
      TLS_CERT: put('cert.pem', certificate + chain.join('')),
      TLS_KEY: put('key.pem', key),
      TLS_CLIENT_CA: put('ca.pem', chain.join('')),
    },
    authorities: chain.join(''),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** An agent that was let in, and what its calls go over. */
export interface LetIn extends AgentIdentity {
  key: string;
  over: Agent;
}

/** What somebody with that certificate calls over. */
export const callingAs = (authorities: string, identity?: { certificate: string; chain: string; key: string }): Agent =>
  new Agent({
    connect: { ca: authorities, ...(identity && { cert: identity.certificate + identity.chain, key: identity.key }) },
  });
