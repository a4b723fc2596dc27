import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const oneview = outsideSystem({
  name: 'oneview',
  title: 'HPE OneView',
  settings: z.object({
    ONEVIEW_URL: setting(address, { description: 'where the appliance is', example: 'https://oneview.example' }),
    ONEVIEW_USERNAME: setting(text, { description: 'a local account of it', example: 'rackline' }),
    ONEVIEW_PASSWORD: setting(secret, { description: 'its password', example: 'oneview-password' }),
  }),
  address: 'ONEVIEW_URL',
  ports: ['vendorTool'],
  capabilities: [
    {
      name: 'fleet management of HPE servers',
      without:
        'Servers of HPE are managed by Redfish alone. Those that the appliance has taken in stay registered there.',
    },
  ],
  client: () => import('./client.ts'),
  connect: ({ createOneView }, settings, parts) => ({
    vendorTool: createOneView({
      ...parts,
      baseUrl: settings.ONEVIEW_URL,
      username: settings.ONEVIEW_USERNAME,
      password: settings.ONEVIEW_PASSWORD,
    }),
  }),
  off: () => ({}),
});
