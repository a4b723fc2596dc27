import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const openmanage = outsideSystem({
  name: 'openmanage',
  title: 'Dell OpenManage Enterprise',
  settings: z.object({
    OPENMANAGE_URL: setting(address, { description: 'where the appliance is', example: 'https://openmanage.example' }),
    OPENMANAGE_USERNAME: setting(text, { description: 'a local account of it', example: 'rackline' }),
    OPENMANAGE_PASSWORD: setting(secret, { description: 'its password', example: 'openmanage-password' }),
  }),
  address: 'OPENMANAGE_URL',
  ports: ['vendorTool'],
  capabilities: [
    {
      name: 'fleet management of Dell servers',
      without:
        'Servers of Dell are managed by Redfish alone. Those that the appliance has taken in stay registered there.',
    },
  ],
  client: () => import('./client.ts'),
  connect: ({ createOpenManage }, settings, parts) => ({
    vendorTool: createOpenManage({
      ...parts,
      baseUrl: settings.OPENMANAGE_URL,
      username: settings.OPENMANAGE_USERNAME,
      password: settings.OPENMANAGE_PASSWORD,
    }),
  }),
  off: () => ({}),
});
