import { X509Certificate, type KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { isoTime } from '../../kernel/clock.ts';
import type { HolderNames, SignedCertificate } from '../../ports/certificate-authority.ts';
import type { ChainAnswer, SignAnswer } from './contract.ts';

export const toSigned = ({ data }: z.infer<typeof SignAnswer>): SignedCertificate => ({
  certificate: `${data.certificate.trim()}\n`,
  chain: blocksOf((data.ca_chain ?? [data.issuing_ca]).join('\n')),
  serial: data.serial_number,
  expiresAt: isoTime(data.expiration * 1000),
});

export const toChain = ({ data }: z.infer<typeof ChainAnswer>): string[] => blocksOf(data.ca_chain || data.certificate);

const blocksOf = (text: string): string[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) => `${block}\n`);

/**
 * What is wrong with a certificate that was to certify this key under these names; undefined when it is as asked for.
 */
export function complaintAbout(
  { certificate, chain }: SignedCertificate,
  key: KeyObject,
  names: HolderNames,
): string | undefined {
  const leaf = new X509Certificate(certificate);
  const wanted = sanOf(names);
  const [issuer] = chain;
  if (!leaf.publicKey.equals(key)) return 'it is for another key';
  if (namesIn(leaf).join(', ') !== wanted.join(', '))
    return `it names ${namesIn(leaf).join(', ') || 'nobody'} instead of ${wanted.join(', ')}`;
  if (issuer === undefined || !leaf.verify(new X509Certificate(issuer).publicKey))
    return 'it comes without the certificate of who signed it';
  return undefined;
}

// As Node writes a subject alternative name, sorted: an authority may put them in another order.
const sanOf = ({ uris = [], hosts = [], addresses = [] }: HolderNames): string[] =>
  [
    ...uris.map((each) => `URI:${each}`),
    ...hosts.map((each) => `DNS:${each}`),
    ...addresses.map((each) => `IP Address:${each}`),
  ].sort();
const namesIn = (certificate: X509Certificate): string[] => certificate.subjectAltName?.split(', ').sort() ?? [];
