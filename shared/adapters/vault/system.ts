import { z } from 'zod';
import type { Secret } from '../../kernel/secret.ts';
import { address, BadSettings, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';
import type { VaultReach } from './open-vault.ts';

const wrongLogin = 'VAULT_TOKEN: is needed for Vault, or VAULT_ROLE_ID with VAULT_SECRET_ID, and not both';

/** A token or an AppRole; undefined where neither is whole, or both are there. */
function loginOf({
  VAULT_TOKEN: token,
  VAULT_ROLE_ID: roleId,
  VAULT_SECRET_ID: secretId,
}: {
  VAULT_TOKEN?: Secret | undefined;
  VAULT_ROLE_ID?: string | undefined;
  VAULT_SECRET_ID?: Secret | undefined;
}): VaultReach['login'] | undefined {
  if (token) return roleId === undefined && !secretId ? { token } : undefined;
  return roleId !== undefined && secretId ? { roleId, secretId } : undefined;
}

export const vault = outsideSystem({
  name: 'vault',
  title: 'Vault',
  settings: z.object({
    VAULT_ADDR: setting(address, { description: 'where Vault is', example: 'https://vault.example:8200' }),
    VAULT_TOKEN: setting(secret.optional(), {
      description: 'a token for it, which somebody else renews; or an AppRole',
      example: 'hvs.token',
    }),
    VAULT_ROLE_ID: setting(text.optional(), {
      description: 'the AppRole by which the platform logs in, and renews its login',
      example: 'rackline',
    }),
    VAULT_SECRET_ID: setting(secret.optional(), { description: 'the secret id of that role', example: 'secret-id' }),
    VAULT_NAMESPACE: setting(text.optional(), {
      description: 'the namespace (Vault Enterprise and HCP)',
      example: 'admin/rackline',
    }),
    VAULT_KV_MOUNT: setting(text.default('secret'), {
      description: 'where its KV engine, version 2, is mounted',
      example: 'secret',
    }),
    VAULT_PKI_MOUNT: setting(text.default('pki'), { description: 'where its PKI engine is mounted', example: 'pki' }),
    VAULT_PKI_ROLE: setting(text.default('rackline-edge'), {
      description: 'the role of the PKI engine under which edge agents are certified',
      example: 'rackline-edge',
    }),
  }),
  address: 'VAULT_ADDR',
  check: (settings) => (loginOf(settings) ? [] : [wrongLogin]),
  ports: ['secrets', 'authority'],
  capabilities: [
    { name: 'BMC passwords', without: 'No management controller can be logged in to.' },
    { name: 'certificates of edge agents', without: 'No edge agent can be enrolled or renewed.' },
  ],
  client: async () => ({ ...(await import('./client.ts')), ...(await import('./pki.ts')) }),
  connect: ({ createVault, createVaultPki }, settings, parts) => {
    const login = loginOf(settings);
    if (!login) throw new BadSettings(wrongLogin);
    const namespace = settings.VAULT_NAMESPACE;
    const reach = { ...parts, baseUrl: settings.VAULT_ADDR, login, ...(namespace !== undefined && { namespace }) };
    return {
      secrets: createVault({ ...reach, mount: settings.VAULT_KV_MOUNT }),
      authority: createVaultPki({ ...reach, mount: settings.VAULT_PKI_MOUNT, role: settings.VAULT_PKI_ROLE }),
    };
  },
});
