import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createVaultPki } from '../../../../../shared/adapters/vault/pki.ts';
import { makeKey, makeRequest } from '../../../../../shared/kernel/certificate-request.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import type { CertificateAuthority } from '../../../../../shared/ports/certificate-authority.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { describeContract, openApi } from '../../../../kit/contracts.ts';
import { Lab, type LabSnapshot } from '../../../../simulators/kit/lab.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { pkiMount, pkiRoles, type PkiRole } from '../../../../simulators/vault/pki.ts';
import { vaultAccount, vaultSimulator, type VaultState } from '../../../../simulators/vault/vault.ts';

const deps = useLab(vaultSimulator as unknown as Simulator<never>);
const state = () => deps.lab.state<VaultState>('vault');
const authorityFor = (role: string, token = vaultAccount.token): CertificateAuthority =>
  createVaultPki({ baseUrl: deps.url('vault'), login: { token: new Secret(token) }, mount: pkiMount, role });
const uri = 'urn:rackline:edge:dc-nyc-01:agt_01JABCDEFGHJKMNPQRSTVWXYZ0';
const wish = (
  key = makeKey(),
  names: { uris?: string[]; addresses?: string[]; hosts?: string[] } = { uris: [uri] },
) => ({ request: makeRequest(key), names, lifetimeSeconds: 7 * 86_400 });
/** Changes what Vault's administrator has set for a role. */
const setRole = async (role: string, change: Partial<PkiRole>) => {
  await authorityFor(role).chain();
  Object.assign(state().pki?.roles[role] ?? {}, change);
};

let edge: CertificateAuthority;
beforeEach(() => {
  edge = authorityFor(pkiRoles.edge);
});

describe('certificates from Vault', () => {
  it('certify the request’s key under our names, for the time asked, by an authority in the chain', async () => {
    const key = makeKey();
    const { certificate, chain, serial, expiresAt } = await edge.sign(wish(key));
    const leaf = new X509Certificate(certificate);
    expect(leaf.publicKey.equals(createPublicKey(key))).toBe(true);
    expect(leaf.subjectAltName).toBe(`URI:${uri}`);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(leaf.ca).toBe(false);
    expect(serial.replaceAll(':', '').toUpperCase()).toBe(leaf.serialNumber);
    expect(Date.parse(expiresAt)).toBe(leaf.validToDate.getTime());
    expect(Date.parse(expiresAt) - deps.time.now()).toBe(7 * 86_400_000);
    const [issuer, root] = chain.map((each) => new X509Certificate(each));
    expect([leaf.verify(issuer!.publicKey), issuer?.verify(root!.publicKey), root?.verify(root.publicKey)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await edge.chain()).toEqual(chain);
  });

  it('can name hosts and addresses, in any order', async () => {
    const { certificate } = await authorityFor(pkiRoles.server).sign(
      wish(makeKey(), { hosts: ['localhost', 'a.example'], addresses: ['127.0.0.1'] }),
    );
    const leaf = new X509Certificate(certificate);
    expect([
      leaf.checkIP('127.0.0.1'),
      leaf.checkHost('localhost'),
      leaf.checkHost('a.example'),
      leaf.keyUsage,
    ]).toEqual(['127.0.0.1', 'localhost', 'a.example', ['1.3.6.1.5.5.7.3.1']]);
  });

  it('are not taken, and are revoked, where Vault’s role lets the request name its holder', async () => {
    await setRole(pkiRoles.edge, { useCsrSans: true });
    await expect(edge.sign(wish())).rejects.toMatchObject({
      code: 'vault.wrong-certificate',
      publicMessage: expect.stringMatching(
        /names nobody instead of URI:urn:rackline:edge:dc-nyc-01.*use_csr_sans=false/,
      ),
    });
    expect(Object.values(state().pki?.certificates ?? {})).toMatchObject([{ revokedAt: deps.time.now() }]);
  });

  it('are refused, with Vault’s words, for what the role does not allow', async () => {
    await expect(edge.sign(wish(makeKey(), { uris: ['urn:else:1'] }))).rejects.toMatchObject({
      code: 'vault.refused',
      publicMessage: expect.stringContaining('urn:else:1 not allowed'),
    });
    await expect(authorityFor('nobody').sign(wish())).rejects.toMatchObject({
      code: 'vault.refused',
      publicMessage: expect.stringContaining('unknown role: nobody'),
    });
  });

  it('are not asked for with a request that its own key did not sign', async () => {
    const [first, second] = [makeRequest(makeKey()), makeRequest(makeKey())].map((pem) =>
      Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'),
    );
    const forged = Buffer.concat([first!.subarray(0, 3 + 98), second!.subarray(3 + 98)]);
    const line = (word: string) => `-----${word} CERTIFICATE REQUEST-----`;
    const request = `${line('BEGIN')}\n${forged.toString('base64')}\n${line('END')}\n`;
    await expect(edge.sign({ ...wish(), request })).rejects.toMatchObject({ kind: 'invalid' });
    expect(deps.count('POST', /sign/)).toBe(0);
  });

  it('are revoked once, however often that is asked', async () => {
    const { serial } = await edge.sign(wish());
    await edge.revoke(serial);
    const at = state().pki?.certificates[serial]?.revokedAt;
    await deps.time.pass(60);
    await edge.revoke(serial);
    expect(state().pki?.certificates[serial]?.revokedAt).toBe(at);
  });

  it('that Vault has forgotten count as revoked', async () => {
    await expect(edge.revoke('11:22')).resolves.toBeUndefined();
  });

  it('are signed once more when the answer was lost', async () => {
    deps.lab.faults.set({ system: 'vault', method: 'POST', path: 'sign', fault: { kind: 'lost-answer' } });
    await expect(edge.sign(wish())).resolves.toMatchObject({ serial: expect.any(String) });
  });

  it('say that Vault is sealed, or that its token does not do', async () => {
    await expect(authorityFor(pkiRoles.edge, 'wrong').sign(wish())).rejects.toMatchObject({ code: 'vault.auth' });
    state().isSealed = true;
    await expect(edge.sign(wish())).rejects.toMatchObject({ code: 'vault.transient', kind: 'unavailable' });
  });

  it('come from the same authority after the lab was saved and started again', async () => {
    const chain = await edge.chain();
    const later = new Lab({
      simulators: deps.simulators,
      saved: JSON.parse(JSON.stringify(deps.lab.snapshot())) as LabSnapshot,
    });
    await later.listen();
    const again = createVaultPki({
      baseUrl: `${later.url}/vault`,
      login: { token: new Secret(vaultAccount.token) },
      mount: pkiMount,
      role: pkiRoles.edge,
    });
    await expect(again.chain()).resolves.toEqual(chain);
    await later.close();
  });
});

describeContract("HashiCorp's own document", 'vault', () => {
  it('describes every call we make and every answer we read', () => {
    const vault = openApi('vault/openapi-trimmed.json');
    const inTheirWords = (path: string) =>
      path.replace(/^\/v1\/pki\//, '/{pki_mount_path}/').replace(/sign\/.+$/, 'sign/{role}');
    const dataOf = (body: unknown) => (body as { data?: unknown } | undefined)?.data;
    const complaints = deps.calls.flatMap((call) => {
      const operation = vault.operationFor(call.method, inTheirWords(call.path));
      if (!operation) return [`${call.method} ${call.path} is not documented`];
      // the envelope around it is implied
      const answered = call.answer.status === 200 ? operation.checkResponse(200, dataOf(call.answer.body)) : [];
      return [...operation.checkRequest(call.body), ...answered].map(
        (complaint) => `${call.method} ${call.path} ${complaint}`,
      );
    });
    expect(deps.calls.length).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });
});
