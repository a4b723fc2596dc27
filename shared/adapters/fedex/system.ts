import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';
import { fedexMarks } from './marks.ts';

export const fedex = outsideSystem({
  name: 'fedex',
  title: 'FedEx tracking',
  settings: z.object({
    FEDEX_URL: setting(address, { description: 'where FedEx’s API is', example: 'https://apis.fedex.com' }),
    FEDEX_CLIENT_ID: setting(text, { description: 'the API key of a project with the Track API', example: 'rackline' }),
    FEDEX_CLIENT_SECRET: setting(secret, { description: 'its secret key', example: 'fedex-secret' }),
  }),
  address: 'FEDEX_URL',
  ports: ['carrier'],
  capabilities: [
    {
      name: 'carrier tracking (FedEx)',
      without: 'Parcels of FedEx are not followed; their order waits for the tracking.',
    },
  ],
  client: () => import('./client.ts'),
  connect: ({ createFedex }, settings, parts) => ({
    carrier: createFedex({
      ...parts,
      baseUrl: settings.FEDEX_URL,
      clientId: settings.FEDEX_CLIENT_ID,
      clientSecret: settings.FEDEX_CLIENT_SECRET,
    }),
  }),
  off: (refuse) => ({ carrier: { ...fedexMarks, track: refuse } }),
});
