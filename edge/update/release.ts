import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { EdgeRelease } from '../../shared/domain/edge/agents.api.ts';

/** The name of a release's file; the launcher uses the same. */
export const fileOf = (version: string): string => `rackline-edge-${version}.mjs`;

/** The signed statement of a release: version and content together, so that an old release cannot pass as a new one. */
export const statementOf = ({ version, sha256 }: Pick<EdgeRelease, 'version' | 'sha256'>): Buffer =>
  Buffer.from(`rackline-edge ${version} sha256:${sha256}\n`);

export const isSignedWith = (release: EdgeRelease, key: KeyObject): boolean =>
  verify(null, statementOf(release), key, Buffer.from(release.signature, 'base64'));

/** The public key that releases are signed with, from PEM. Throws for one that is not Ed25519. */
export function readReleaseKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`a release key must be of type Ed25519; this one is ${key.asymmetricKeyType ?? 'unknown'}`);
  return key;
}
