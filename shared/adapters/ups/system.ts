import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';
import { upsMarks } from './marks.ts';

export const ups = outsideSystem({
  name: 'ups',
  title: 'UPS tracking',
  settings: z.object({
    UPS_URL: setting(address, { description: 'where UPS’s API is', example: 'https://onlinetools.ups.com' }),
    UPS_CLIENT_ID: setting(text, { description: 'the client of an app with the Tracking API', example: 'rackline' }),
    UPS_CLIENT_SECRET: setting(secret, { description: 'its secret', example: 'ups-secret' }),
  }),
  address: 'UPS_URL',
  ports: ['carrier'],
  capabilities: [
    { name: 'carrier tracking (UPS)', without: 'Parcels of UPS are not followed; their order waits for the tracking.' },
  ],
  client: () => import('./client.ts'),
  connect: ({ createUps }, settings, parts) => ({
    carrier: createUps({
      ...parts,
      baseUrl: settings.UPS_URL,
      clientId: settings.UPS_CLIENT_ID,
      clientSecret: settings.UPS_CLIENT_SECRET,
    }),
  }),
  off: (refuse) => ({ carrier: { ...upsMarks, track: refuse } }),
});
