import { z } from 'zod';
import { text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const smtp = outsideSystem({
  name: 'smtp',
  title: 'mail',
  settings: z.object({
    SMTP_URL: setting(z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).max(2000), {
      description: 'the mail server: smtp:// or smtps://',
      example: 'smtp://mail.example:587',
    }),
    SMTP_FROM: setting(text.default('rackline@rackline.example'), {
      description: 'the sender of all mail',
      example: 'Rackline <rackline@rackline.example>',
    }),
  }),
  address: 'SMTP_URL',
  ports: ['mailer'],
  capabilities: [{ name: 'mail', without: 'Nobody is told by mail; the portal shows the same.' }],
  client: () => import('./client.ts'),
  connect: ({ createSmtp }, settings, parts) => ({
    mailer: createSmtp({ ...parts, url: settings.SMTP_URL, from: settings.SMTP_FROM }),
  }),
  off: () => ({ mailer: { send: async () => ({ outcome: 'refused', reason: 'mail is off: set SMTP_URL' }) } }),
});
