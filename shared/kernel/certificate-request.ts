// PKCS #10 (RFC 2986), as far as an agent needs it: a key asks to be certified. Who it belongs to is for the authority
// to say, so the request names nobody.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { BitString, Constructed, fromBER, Integer, ObjectIdentifier, Sequence, type BaseBlock } from 'asn1js';
import { AppError } from './errors/app-error.ts';

const version1 = () => new Integer({ value: 0 });
const nobody = () => new Sequence();
const noAttributes = () => new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 } });
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** A new private key, EC P-256, in PEM (PKCS #8). */
export const makeKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

/** The request, in PEM, of whoever holds this private key (EC P-256, PEM). */
export function makeRequest(privateKey: string): string {
  const key = createPrivateKey(privateKey);
  const info = new Sequence({
    value: [version1(), nobody(), parsed(createPublicKey(key).export({ format: 'der', type: 'spki' })), noAttributes()],
  });
  const signature = sign('sha256', bytesOf(info), key);
  const request = new Sequence({
    value: [
      info,
      new Sequence({ value: [new ObjectIdentifier({ value: ecdsaWithSha256 })] }),
      new BitString({ valueHex: new Uint8Array(signature).buffer }),
    ],
  });
  return pem(bytesOf(request));
}

/**
 * The public key of a request that is signed by it; names and attributes that it asks for are not looked at. Throws
 * `invalid` for what is no request, for a key that is not EC P-256, and for one that did not sign.
 */
export function readRequest(text: string): KeyObject {
  const der = Buffer.from(
    /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\sA-Za-z0-9+/=]+)-----END/.exec(text)?.[1] ?? '',
    'base64',
  );
  try {
    const [info, , signature] = partsOf(parsed(der));
    const [, , spki] = partsOf(info);
    if (!info || !spki || !(signature instanceof BitString)) throw new Error('a part is missing');
    const key = createPublicKey({ key: bytesOf(spki), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('its key is not EC P-256');
    if (!verify('sha256', Buffer.from(info.valueBeforeDecodeView), key, signature.valueBlock.valueHexView))
      throw new Error('it is not signed by its own key');
    return key;
  } catch (cause) {
    throw new AppError({
      code: 'edge.bad-request-for-certificate',
      kind: 'invalid',
      publicMessage:
        'The certificate request cannot be used: ' +
        `${cause instanceof Error ? cause.message : 'it cannot be read'}. It must be PKCS #10 in PEM, for a ` +
        'key of type EC P-256.',
      cause,
    });
  }
}

/** Tells keys apart: the digest of the public key. */
export const keyFingerprint = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');

function parsed(der: Buffer): BaseBlock {
  const { result, offset } = fromBER(new Uint8Array(der).buffer);
  if (offset !== der.length || der.length === 0) throw new Error(result.error || 'it is no DER');
  return result;
}

const partsOf = (block: BaseBlock | undefined): BaseBlock[] =>
  block instanceof Sequence ? block.valueBlock.value : [];
const bytesOf = (block: BaseBlock): Buffer => Buffer.from(block.toBER());
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ` +
  `CERTIFICATE REQUEST-----\n`;
