import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyFingerprint, makeKey, makeRequest, readRequest } from '../../../../shared/kernel/certificate-request.ts';
import { readRequest as readWithLibrary } from '../../../simulators/kit/authority.ts';

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
/** `openssl req -new -subj /CN=evil -addext subjectAltName=URI:urn:rackline:edge:dc-fra-01:agt_1`, EC P-256. */
const fromOpenssl = `-----BEGIN CERTIFICATE REQUEST-----
MIIBCDCBsAIBADAPMQ0wCwYDVQQDDARldmlsMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEA+LKX3HiTsEtcOjqpb/AFgVeEzya3nQPcUX4H+XBnTxsnm2uVkEtfY/a
bhbI8TSVEQCCqLeSqYB3jDUqYin916A/MD0GCSqGSIb3DQEJDjEwMC4wLAYDVR0R
BCUwI4YhdXJuOnJhY2tsaW5lOmVkZ2U6ZGMtZnJhLTAxOmFndF8xMAoGCCqGSM49
BAMCA0cAMEQCIETkmf4aO+sRJrbAhbJXfifn/47w1sJ8GkhhUPn79+YZAiAwnWp3
nswTOkH645zWw+PE4eKEUpBsj4wYVS85aS9kyw==
-----END CERTIFICATE REQUEST-----
`;
const rsaFromOpenssl = `-----BEGIN CERTIFICATE REQUEST-----
MIICVDCCATwCAQAwDzENMAsGA1UEAwwEZXZpbDCCASIwDQYJKoZIhvcNAQEBBQAD
ggEPADCCAQoCggEBAPLL3CBcVrb7AofM3teSCtMp19iBB9HJ3c4/OZpZIx9C99/O
Q+rtJWgshvqEXdy+pKG/I8hj1isqRgy53xaNnzlhtyLxwum7tYcqeXLcv4o3sbqQ
skVK8LAoWLHVYb34PJNcE3P9ZCqz87spOLwrzs1dzf9UUSoNmedGSq/KzcofFoB1
CgDMs7Yt5s6vSetuzewG0Xi7E7fXKAf/6Cy2p+H3DFBy9fvNTPWSQg9yvLZW0/gh
6I9vdMgH0kzmGRXG9V2d8CeXh94nabD35rgYwi+YHJUpTbTOnk/gxLkMOglmrnCv
Ac5T/PZcgOdQGrT4/7U/vG5HnCEJvfYJj3t7xTMCAwEAAaAAMA0GCSqGSIb3DQEB
CwUAA4IBAQDCuJ5WETyOU+qAS26V86ym+5biT0KhAKEMLQTr1cMUUQkAZoBH5a6f
wkiNRFpsqXnI+H+CW8Nfb+VaQ+Bt1tq8mBnCqCXWVrarGg5knnD4GaSCtiEAVms9
CCvrVyRSGTxJOpZIkLbBcwPFbubBgaYKD/dXJE6MRgBc3UGpMEeRs96t7EoShMag
nYh1EFjDtFUegxXsoC2vPWo9+hSs//tggKasRmN9/cuyQZQPr/9aPXeb0oKhI+HB
kogLl6EdYIc+/RZC3ONCG7XPSn+Ud2q01F2rftng9Pf6kIy7qXJyD4jfRpLknFZx
ECayL6HYw9WwMICXGSg5JplWP5e49z0l
-----END CERTIFICATE REQUEST-----
`;

describe('a certificate request', () => {
  it('is what another library reads: the key, its signature, and no names', async () => {
    const key = makeKey();
    const read = await readWithLibrary(makeRequest(key));
    expect({ isSigned: read.isSigned, names: read.names }).toEqual({ isSigned: true, names: [] });
    expect(read.publicKey.equals(createPublicKey(key))).toBe(true);
  });

  it('is read back to the key that signed it', () => {
    const key = makeKey();
    expect(keyFingerprint(readRequest(makeRequest(key)))).toBe(keyFingerprint(createPublicKey(key)));
  });

  it('made by OpenSSL is read as well, whatever it asks to be called', () => {
    expect(readRequest(fromOpenssl).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it.each([
    ['nothing', ''],
    ['what is no PEM', 'request'],
    ['a certificate', makeRequest(makeKey()).replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')],
    ['no base64', pemOf(Buffer.from('')).replace('\n\n', '\n!!!\n')],
    ['half a request', pemOf(derOf(makeRequest(makeKey())).subarray(0, 80))],
    ['a request with something behind it', pemOf(Buffer.concat([derOf(makeRequest(makeKey())), Buffer.from([5, 0])]))],
    ['an RSA key', rsaFromOpenssl],
    [
      'another curve',
      makeRequest(
        generateKeyPairSync('ec', { namedCurve: 'P-384' })
          .privateKey.export({ format: 'pem', type: 'pkcs8' })
          .toString(),
      ),
    ],
  ])('that is %s is turned away', (_what, text) => {
    expect(() => readRequest(text)).toThrow(/cannot be used/);
  });

  it('changed in any byte is turned away, or is the same request', () => {
    const original = derOf(makeRequest(makeKey()));
    const key = keyFingerprint(readRequest(pemOf(original)));
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoiled = Buffer.from(original);
        spoiled[at] = (spoiled[at] ?? 0) ^ change;
        try {
          expect(keyFingerprint(readRequest(pemOf(spoiled)))).toBe(key);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'invalid' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
