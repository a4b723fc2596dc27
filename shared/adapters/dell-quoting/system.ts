import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { quotingOff } from '../../ports/quoting.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const dellQuoting = outsideSystem({
  name: 'dell-quoting',
  title: 'Dell quoting',
  settings: z.object({
    DELL_QUOTING_URL: setting(address, {
      description: 'where Dell’s quoting API is',
      example: 'https://quotes.dell.example',
    }),
    DELL_QUOTING_CLIENT_ID: setting(text, { description: 'the client there', example: 'rackline' }),
    DELL_QUOTING_CLIENT_SECRET: setting(secret, { description: 'its secret', example: 'dell-secret' }),
  }),
  address: 'DELL_QUOTING_URL',
  ports: ['quoting'],
  capabilities: [
    {
      name: 'purchases from Dell',
      without: 'Dell is not asked for quotes; what stock lacks is bought elsewhere or not at all.',
    },
  ],
  client: () => import('./client.ts'),
  connect: ({ createDellQuoting }, settings, parts) => ({
    quoting: createDellQuoting({
      ...parts,
      baseUrl: settings.DELL_QUOTING_URL,
      clientId: settings.DELL_QUOTING_CLIENT_ID,
      clientSecret: settings.DELL_QUOTING_CLIENT_SECRET,
    }),
  }),
  off: (refuse) => ({ quoting: quotingOff('dell', refuse) }),
});
