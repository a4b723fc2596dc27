import { z } from 'zod';
import { address, secret } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const awx = outsideSystem({
  name: 'awx',
  title: 'AWX',
  settings: z.object({
    AWX_URL: setting(address, { description: 'where AWX or Tower is', example: 'https://awx.example' }),
    AWX_TOKEN: setting(secret, {
      description: 'a token that may launch the templates `harden-server` and `burn-in` and write their inventory',
      example: 'awx-token',
    }),
  }),
  address: 'AWX_URL',
  ports: ['automation'],
  capabilities: [
    { name: 'hardening and burn-in', without: 'A server waits before it is hardened and does not become READY.' },
  ],
  client: () => import('./client.ts'),
  connect: ({ createAwx }, settings, parts) => ({
    automation: createAwx({ ...parts, baseUrl: settings.AWX_URL, token: settings.AWX_TOKEN }),
  }),
  off: (refuse) => ({
    automation: {
      runPlaybook: refuse,
      cancel: async () => ({ wasLaunched: false }),
      removeHost: async () => {},
    },
  }),
});
