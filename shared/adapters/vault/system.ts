import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const vault = outsideSystem({
  name: 'vault',
  title: 'Vault',
  settings: z.object({
    VAULT_ADDR: setting(address, { description: 'where Vault is', example: 'https://vault.example:8200' }),
    VAULT_TOKEN: setting(secret, { description: 'a token for it', example: 'hvs.token' }),
    VAULT_PKI_MOUNT: setting(text.default('pki'), { description: 'where its PKI engine is mounted', example: 'pki' }),
    VAULT_PKI_ROLE: setting(text.default('rackline-edge'), {
      description: 'the role of the PKI engine under which edge agents are certified',
      example: 'rackline-edge',
    }),
  }),
  address: 'VAULT_ADDR',
  ports: ['secrets', 'authority'],
  capabilities: [
    { name: 'BMC passwords', without: 'No management controller can be logged in to.' },
    { name: 'certificates of edge agents', without: 'No edge agent can be enrolled or renewed.' },
  ],
  client: async () => ({ ...(await import('./client.ts')), ...(await import('./pki.ts')) }),
  connect: ({ createVault, createVaultPki }, settings, parts) => {
    const reach = { ...parts, baseUrl: settings.VAULT_ADDR, login: { token: settings.VAULT_TOKEN } };
    return {
      secrets: createVault(reach),
      authority: createVaultPki({ ...reach, mount: settings.VAULT_PKI_MOUNT, role: settings.VAULT_PKI_ROLE }),
    };
  },
});
