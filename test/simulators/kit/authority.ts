// A certificate authority that really signs: the lab's Vault stands on it, and tests make with it what no honest
// authority would.
import 'reflect-metadata'; // the library needs it first
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonGeneralName,
} from '@peculiar/x509';
import { makeKey } from '../../../shared/kernel/certificate-request.ts';

/** Plain JSON: it survives a restart of the lab. */
export interface Authority {
  /** PEM. */
  certificate: string;
  key: string;
}

export interface CertificateWish {
  subject?: string;
  names?: JsonGeneralName[];
  usages?: ('client' | 'server')[];
  notBefore: Date;
  notAfter: Date;
  isAuthority?: boolean;
}

export interface Signed {
  certificate: string;
  /** As Vault writes it: `3a:0f:…`. */
  serial: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const usageOf = { client: ExtendedKeyUsage.clientAuth, server: ExtendedKeyUsage.serverAuth };

/** One that signs itself, good for ten years. */
export async function makeAuthority(subject: string, now: number): Promise<Authority> {
  const key = makeKey();
  const { certificate } = await sign({ key, subject }, createPublicKey(key), {
    subject,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 10 * 365 * 86_400_000),
    isAuthority: true,
  });
  return { certificate, key };
}

/** One below another. */
export async function makeIntermediate(
  above: Authority,
  subject: string,
  wish: Pick<CertificateWish, 'notBefore' | 'notAfter'>,
): Promise<Authority> {
  const key = makeKey();
  return {
    key,
    certificate: (await certify(above, createPublicKey(key), { ...wish, subject, isAuthority: true })).certificate,
  };
}

/** A certificate for whoever holds the key to this public one. */
export const certify = (authority: Authority, publicKey: KeyObject, wish: CertificateWish): Promise<Signed> =>
  sign({ key: authority.key, subject: new X509Certificate(authority.certificate).subject }, publicKey, wish);

/** What a certificate request asks for and whether it is signed by the key that it names. */
export async function readRequest(
  pem: string,
): Promise<{ publicKey: KeyObject; isSigned: boolean; names: JsonGeneralName[] }> {
  const request = new Pkcs10CertificateRequest(pem);
  const names =
    request.extensions.find((each) => each instanceof SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  return { publicKey: createPublicKey(request.publicKey.toString('pem')), isSigned: await request.verify(), names };
}

async function sign(
  issuer: { key: string; subject: string },
  publicKey: KeyObject,
  wish: CertificateWish,
): Promise<Signed> {
  const { names = [], usages = [], isAuthority = false } = wish;
  const spki = await crypto.subtle.importKey(
    'spki',
    publicKey.export({ format: 'der', type: 'spki' }),
    algorithm,
    true,
    ['verify'],
  );
  const issuerKey = createPrivateKey(issuer.key);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    issuerKey.export({ format: 'der', type: 'pkcs8' }),
    algorithm,
    false,
    ['sign'],
  );
  const issuerSpki = await crypto.subtle.importKey(
    'spki',
    createPublicKey(issuer.key).export({ format: 'der', type: 'spki' }),
    algorithm,
    true,
    ['verify'],
  );
  const certificate = await X509CertificateGenerator.create({
    ...(wish.subject !== undefined && { subject: wish.subject }),
    issuer: issuer.subject,
    notBefore: wish.notBefore,
    notAfter: wish.notAfter,
    publicKey: spki,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(
        isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature,
        true,
      ),
      ...(usages.length > 0 ? [new ExtendedKeyUsageExtension(usages.map((usage) => usageOf[usage]))] : []),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names, wish.subject === undefined)] : []),
      await SubjectKeyIdentifierExtension.create(spki),
      await AuthorityKeyIdentifierExtension.create(issuerSpki),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    serial: certificate.serialNumber.replace(/(..)(?=.)/g, '$1:'),
  };
}
