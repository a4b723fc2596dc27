import { describe, expect, it } from '@jest/globals';
import { createVault } from '../../../../../shared/adapters/vault/client.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { SecretRef } from '../../../../../shared/ports/secrets.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { describeContract, openApi } from '../../../../kit/contracts.ts';
import { until } from '../../../../kit/until.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { vaultAccount, vaultSimulator, type VaultState } from '../../../../simulators/vault/vault.ts';

const deps = useLab(vaultSimulator as unknown as Simulator<never>);
const ref = SecretRef.parse('bmc/srv_01/service');
const first = { username: 'rackline', password: 'first' };
const second = { username: 'rackline', password: 'second' };
const withToken = () => createVault({ baseUrl: deps.url('vault'), login: { token: new Secret(vaultAccount.token) } });
const withRole = () =>
  createVault({
    baseUrl: deps.url('vault'),
    login: { roleId: vaultAccount.roleId, secretId: new Secret(vaultAccount.secretId) },
    clock: deps.time,
  });
const state = () => deps.lab.state<VaultState>('vault');

describe('secrets in Vault', () => {
  it('reads back what was written, and the newer after a second write', async () => {
    const vault = withToken();
    await expect(vault.read(ref)).resolves.toBeUndefined();
    await vault.write(ref, first);
    await expect(vault.read(ref)).resolves.toEqual(first);
    await vault.write(ref, second);
    await expect(vault.read(ref)).resolves.toEqual(second);
  });

  it('leaves an existing secret alone when asked only to create', async () => {
    const vault = withToken();
    await expect(vault.write(ref, first, { createOnly: true })).resolves.toEqual(first);
    await expect(vault.write(ref, second, { createOnly: true })).resolves.toEqual(first);
    expect(state().secrets[ref]).toHaveLength(1);
  });

  it('answers the other secret when somebody creates it between the look and the write', async () => {
    const vault = withToken();
    deps.lab.faults.set({ system: 'vault', method: 'POST', fault: { kind: 'slow', milliseconds: 200 } });
    const slow = vault.write(ref, first, { createOnly: true });
    await until('the slow write to be on its way', () => deps.lab.faults.list().length === 0);
    await withToken().write(ref, second, { createOnly: true });
    await expect(slow).resolves.toEqual(second);
  });

  it('creates anew above a secret that was deleted but still counts its versions', async () => {
    const vault = withToken();
    await vault.write(ref, first);
    const newest = state().secrets[ref]?.at(-1);
    if (newest) newest.isDeleted = true;
    await expect(vault.read(ref)).resolves.toBeUndefined();
    await expect(vault.write(ref, second, { createOnly: true })).resolves.toEqual(second);
    await expect(vault.read(ref)).resolves.toEqual(second);
  });

  it('keeps one version of a create-only write whose answer was lost', async () => {
    deps.lab.faults.set({ system: 'vault', method: 'POST', path: 'data', fault: { kind: 'lost-answer' } });
    await expect(withToken().write(ref, first, { createOnly: true })).resolves.toEqual(first);
    expect(state().secrets[ref]).toHaveLength(1);
  });

  it('destroys every version, and twice is the same as once', async () => {
    const vault = withToken();
    await vault.write(ref, first);
    await vault.write(ref, second);
    await vault.destroy(ref);
    await vault.destroy(ref);
    expect(deps.lab.holdings()).toEqual({ vault: [] });
  });

  it('logs in anew by AppRole when Vault answers 403 to a token that ended', async () => {
    const vault = withRole();
    await vault.write(ref, first);
    state().tokens = {};
    await expect(vault.read(ref)).resolves.toEqual(first);
    expect(deps.count('POST', /approle/)).toBe(2);
  });

  it('logs in anew before the lease of its token ends', async () => {
    const vault = withRole();
    await vault.write(ref, first);
    await deps.time.pass(1100);
    await vault.read(ref);
    expect(deps.count('POST', /approle/)).toBe(2);
  });

  it('says that Vault is not available while it is sealed, and never names a secret', async () => {
    state().isSealed = true;
    const failure = await withToken()
      .write(ref, { username: 'u', password: 'do-not-print' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'vault.transient', kind: 'unavailable' });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('do-not-print');
  });
});

describeContract("HashiCorp's own document", 'vault', () => {
  it('describes every call we make', () => {
    const vault = openApi('vault/openapi-trimmed.json');
    const inTheirWords = (path: string) =>
      path
        .replace(/^\/v1/, '')
        .replace(/^\/secret\//, '/{kv_v2_mount_path}/')
        .replace(/^\/auth\/approle\//, '/auth/{approle_mount_path}/')
        .replace(/(data|metadata)\/.+$/, '$1/x');
    const complaints = deps.calls.flatMap((call) => {
      const operation = vault.operationFor(call.method, inTheirWords(call.path));
      return operation
        ? operation.checkRequest(call.body).map((complaint) => `${call.method} ${call.path} ${complaint}`)
        : [`${call.method} ${call.path} is not documented`];
    });
    expect(deps.calls.length).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });
});
