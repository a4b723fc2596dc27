import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { quotingOff } from '../../ports/quoting.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const hpeQuoting = outsideSystem({
  name: 'hpe-quoting',
  title: 'HPE quoting',
  settings: z.object({
    HPE_QUOTING_URL: setting(address, {
      description: 'where HPE’s quoting API is',
      example: 'https://quotes.hpe.example',
    }),
    HPE_QUOTING_CLIENT_ID: setting(text, { description: 'the client there', example: 'rackline' }),
    HPE_QUOTING_CLIENT_SECRET: setting(secret, { description: 'its secret', example: 'hpe-secret' }),
  }),
  address: 'HPE_QUOTING_URL',
  ports: ['quoting'],
  capabilities: [
    {
      name: 'purchases from HPE',
      without: 'HPE is not asked for quotes; what stock lacks is bought elsewhere or not at all.',
    },
  ],
  client: () => import('./client.ts'),
  connect: ({ createHpeQuoting }, settings, parts) => ({
    quoting: createHpeQuoting({
      ...parts,
      baseUrl: settings.HPE_QUOTING_URL,
      clientId: settings.HPE_QUOTING_CLIENT_ID,
      clientSecret: settings.HPE_QUOTING_CLIENT_SECRET,
    }),
  }),
  off: (refuse) => ({ quoting: quotingOff('hpe', refuse) }),
});
