import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { agentUri, readAgentCertificate } from '../../../../../shared/domain/edge/agent-certificate.ts';
import { makeKey } from '../../../../../shared/kernel/certificate-request.ts';
import { AgentId, DatacenterId } from '../../../../../shared/kernel/ids.ts';
import { newId } from '../../../../../shared/kernel/new-id.ts';
import {
  certify,
  makeAuthority,
  makeIntermediate,
  type Authority,
  type CertificateWish,
} from '../../../../simulators/kit/authority.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const hour = 3_600_000;
const name = { datacenter: DatacenterId.parse('dc-nyc-01'), agentId: AgentId.parse(newId('agent', now)) };
const uri = agentUri(name);
let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority('CN=the authority', now);
});

async function der(wish: Partial<CertificateWish> = {}, by = authority): Promise<Buffer> {
  const { certificate } = await certify(by, createPublicKey(makeKey()), {
    notBefore: new Date(now - hour),
    notAfter: new Date(now + hour),
    usages: ['client'],
    names: [{ type: 'url', value: uri }],
    ...wish,
  });
  return new X509Certificate(certificate).raw;
}

describe('an agent’s certificate', () => {
  it('says which agent it is, for which datacenter, and who signed it', async () => {
    const read = readAgentCertificate(await der(), now);
    expect(read).toMatchObject({ ...name, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(read.isSignedBy(authority.certificate)).toBe(true);
  });

  it('is signed by its issuer only: not by a namesake, a superior or a peer', async () => {
    const issuer = await makeIntermediate(authority, 'CN=below', {
      notBefore: new Date(now - hour),
      notAfter: new Date(now + hour),
    });
    const read = readAgentCertificate(await der({}, issuer), now);
    const peer = await certify(issuer, createPublicKey(issuer.key), {
      subject: 'CN=below',
      notBefore: new Date(now - hour),
      notAfter: new Date(now + hour),
      usages: ['client'],
    });
    expect(read.isSignedBy(issuer.certificate)).toBe(true);
    expect(
      [authority.certificate, (await makeAuthority('CN=below', now)).certificate, peer.certificate].map((each) =>
        read.isSignedBy(each),
      ),
    ).toEqual([false, false, false]);
  });

  const names = (...values: string[]): Partial<CertificateWish> => ({
    names: values.map((value) => ({ type: 'url', value })),
  });
  const unfit: [string, string, () => Promise<Buffer>][] = [
    ['is over', 'edge.certificate-over', () => der({ notBefore: new Date(now - 2 * hour), notAfter: new Date(now) })],
    ['is not yet good', 'edge.certificate-not-yet', () => der({ notBefore: new Date(now + 1000) })],
    ['is for servers', 'edge.certificate-unfit', () => der({ usages: ['server'] })],
    ['is for nothing in particular', 'edge.certificate-unfit', () => der({ usages: [] })],
    ['is an authority’s', 'edge.certificate-unfit', () => der({ isAuthority: true })],
    ['names nobody', 'edge.certificate-nameless', () => der({ names: [], subject: `CN=${uri}` })],
    [
      'names two agents',
      'edge.certificate-nameless',
      () => der(names(uri, agentUri({ ...name, agentId: AgentId.parse(newId('agent', now)) }))),
    ],
    ['names the same agent twice', 'edge.certificate-nameless', () => der(names(uri, uri))],
    [
      'names a host beside the agent',
      'edge.certificate-nameless',
      () =>
        der({
          names: [
            { type: 'url', value: uri },
            { type: 'dns', value: 'dc-nyc-01' },
          ],
        }),
    ],
    ['says the name as a host’s', 'edge.certificate-nameless', () => der({ names: [{ type: 'dns', value: uri }] })],
    [
      'hides a second name in the first',
      'edge.certificate-nameless',
      () => der(names(`urn:rackline:edge:dc-nyc-01:x, URI:${uri}`)),
    ],
    [
      'names a datacenter that cannot be',
      'edge.certificate-nameless',
      () => der(names(uri.replace('dc-nyc-01', 'DC_NYC'))),
    ],
    ['names something else than an agent', 'edge.certificate-nameless', () => der(names(uri.replace('agt_', 'srv_')))],
    ['names more than an agent', 'edge.certificate-nameless', () => der(names(`${uri}:more`))],
    ['names another kind of thing', 'edge.certificate-nameless', () => der(names(uri.replace(':edge:', ':tenant:')))],
    ['is none', 'edge.certificate-unreadable', async () => Buffer.from('certificate')],
    ['is empty', 'edge.certificate-unreadable', async () => Buffer.alloc(0)],
  ];
  it.each(unfit)('that %s is refused', async (_how, code, make) => {
    const certificate = await make();
    let error: unknown;
    try {
      readAgentCertificate(certificate, now);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: 'unauthenticated', code });
  });
});
