import { describe, expect, it } from '@jest/globals';
import { vault } from '../../../../../shared/adapters/vault/system.ts';
import { SecretRef, type Secrets } from '../../../../../shared/ports/secrets.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { vaultStandIn } from '../../../../simulators/vault/system.ts';
import { vaultAccount } from '../../../../simulators/vault/vault.ts';

const deps = useLab(vaultStandIn.simulator);
const ref = SecretRef.parse('bmc/srv_01/service');
const role = { VAULT_ROLE_ID: vaultAccount.roleId, VAULT_SECRET_ID: vaultAccount.secretId };

async function secretsOf(settings: Record<string, string>): Promise<Secrets> {
  const { system, complaints } = vault.configure({ VAULT_ADDR: deps.url('vault'), ...settings });
  const secrets = (await system?.connect({}))?.secrets;
  if (!secrets) throw new Error(complaints.join('; '));
  return secrets;
}

describe('settings of Vault', () => {
  it.each([
    ['a token', { VAULT_TOKEN: vaultAccount.token }],
    ['an AppRole', role],
  ])('log in by %s', async (_what, settings) => {
    const secrets = await secretsOf(settings);
    const value = { username: 'rackline', password: 'first' };
    await secrets.write(ref, value);
    await expect(secrets.read(ref)).resolves.toEqual(value);
  });

  it('name a namespace, which every call carries, the login as well', async () => {
    const mark = deps.calls.length;
    await (await secretsOf({ ...role, VAULT_NAMESPACE: 'admin/rackline' })).read(ref);
    const calls = deps.calls.slice(mark);
    expect(calls.map(({ path }) => path)).toEqual(['/v1/auth/approle/login', `/v1/secret/data/${ref}`]);
    for (const { headers } of calls) expect(headers['x-vault-namespace']).toBe('admin/rackline');
  });

  it('say where the engine of secrets is mounted', async () => {
    const mark = deps.calls.length;
    await (await secretsOf({ VAULT_TOKEN: vaultAccount.token, VAULT_KV_MOUNT: 'kv' })).read(ref).catch(() => undefined);
    expect(deps.calls.slice(mark).map(({ path }) => path)).toEqual([`/v1/kv/data/${ref}`]);
  });

  it.each([
    ['no login', {}],
    ['half an AppRole', { VAULT_ROLE_ID: 'r' }],
    ['two logins', { ...role, VAULT_TOKEN: 't' }],
  ])('are refused with %s', (_what, settings) => {
    expect(vault.configure({ VAULT_ADDR: 'https://vault.example', ...settings }).complaints).toEqual([
      'VAULT_TOKEN: is needed for Vault, or VAULT_ROLE_ID with VAULT_SECRET_ID, and not both',
    ]);
  });
});
