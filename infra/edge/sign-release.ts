import { createHash, createPrivateKey, sign } from 'node:crypto';
import { statementOf } from '../../edge/update/release.ts';
import type { EdgeRelease } from '../../shared/domain/edge/agents.api.ts';

/**
 * What agents are told of a release, but for where it is. `key`: the Ed25519 private key that they know it by, in PEM.
 */
export function signRelease(code: string, version: string, key: string): Omit<EdgeRelease, 'url'> {
  const privateKey = createPrivateKey(key);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error(
      `Releases are signed with an Ed25519 key; this one is ${privateKey.asymmetricKeyType ?? 'unknown'}. ` +
        'Make one: openssl genpkey -algorithm ed25519 -out release-key.pem',
    );
  const sha256 = createHash('sha256').update(code).digest('hex');
  return { version, sha256, signature: sign(null, statementOf({ version, sha256 }), privateKey).toString('base64') };
}
