import { z } from 'zod';
import { address, secret } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const netbox = outsideSystem({
  name: 'netbox',
  title: 'NetBox',
  settings: z.object({
    NETBOX_URL: setting(address, { description: 'where NetBox is', example: 'https://netbox.example' }),
    NETBOX_TOKEN: setting(secret, {
      description: 'an API token that may write devices, cables, addresses and their custom fields',
      example: 'netbox-token',
    }),
  }),
  address: 'NETBOX_URL',
  ports: ['dcim'],
  capabilities: [
    { name: 'racks, cables and addresses', without: 'No server can be racked, cabled, recognised or retired.' },
  ],
  client: () => import('./client.ts'),
  connect: ({ createNetbox }, settings, parts) => ({
    dcim: createNetbox({ ...parts, baseUrl: settings.NETBOX_URL, token: settings.NETBOX_TOKEN }),
  }),
});
