import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { agentNameIn, type AgentName } from '../../shared/domain/edge/agent-certificate.ts';
import { makeKey } from '../../shared/kernel/certificate-request.ts';
import { replaceFile, syncFolder } from '../kernel/replace-file.ts';
import { systemCode } from '../kernel/system-error.ts';

/** The agent's private key and certificate, in PEM. */
export interface StoredIdentity extends AgentName {
  key: string;
  /** The certificate, then those of its issuers. */
  certificate: string;
  /** Milliseconds since 1970. */
  validFrom: number;
  validUntil: number;
}

/**
 * An agent's identity on disk. Key and certificate are one file, so that neither exists without the other. The key of a
 * pending request is a second file, so that the request can be repeated with the same key when its answer was lost.
 * Only the agent can read them, and no key leaves the folder.
 */
export class IdentityFiles {
  readonly #identity: string;
  readonly #nextKey: string;

  /** `folder`: the datacenter's own. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#identity = path.join(folder, 'identity.pem');
    this.#nextKey = path.join(folder, 'identity.next-key.pem');
    // A crash in `write` may leave the key of a request whose certificate is stored already.
    const leftover = readIfThere(this.#nextKey);
    if (leftover !== undefined && this.#isInUse(leftover)) rmSync(this.#nextKey);
  }

  /** Undefined where there is none yet. Throws for one that is not usable. */
  read(): StoredIdentity | undefined {
    const text = readIfThere(this.#identity);
    return text === undefined ? undefined : identityIn(text);
  }

  /**
   * Stores an identity; it is on disk when this returns. Throws, and changes nothing, where key and certificate do not
   * match.
   */
  write(key: string, certificate: string): StoredIdentity {
    const identity = identityIn(key + certificate);
    replaceFile(this.#identity, key + certificate, { mode: 0o600 });
    rmSync(this.#nextKey, { force: true });
    syncFolder(path.dirname(this.#nextKey));
    return identity;
  }

  /** The key for the next certificate request: made once, and the same until `write`. */
  nextKey(): string {
    const kept = readIfThere(this.#nextKey);
    if (kept !== undefined && isKey(kept)) return kept;
    const key = makeKey();
    replaceFile(this.#nextKey, key, { mode: 0o600 });
    return key;
  }

  #isInUse(key: string): boolean {
    try {
      const current = this.read();
      return current !== undefined && createPublicKey(current.key).equals(createPublicKey(key));
    } catch {
      return false; // a damaged identity is reported by whoever reads it
    }
  }
}

function identityIn(text: string): StoredIdentity {
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(text) ?? [];
  const certificate = text.slice(text.indexOf('-----BEGIN CERTIFICATE-----'));
  const leaf = new X509Certificate(certificate);
  const name = agentNameIn(leaf);
  if (key === undefined || !name || !leaf.checkPrivateKey(createPrivateKey(key)))
    throw new Error('the file does not hold one key and the certificate of one agent for it');
  return { ...name, key, certificate, validFrom: leaf.validFromDate.getTime(), validUntil: leaf.validToDate.getTime() };
}

function isKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false; // half written: another key replaces it
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
