import { z } from 'zod';
import { secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

const serverAddress = z
  .url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' })
  .max(2000, 'must have at most 2000 characters')
  .refine((url) => !URL.parse(url)?.username, 'must hold no name and no password: set SMTP_USERNAME and SMTP_PASSWORD');

export const smtp = outsideSystem({
  name: 'smtp',
  title: 'mail',
  settings: z.object({
    SMTP_URL: setting(serverAddress, {
      description: 'the mail server: smtp:// (587 where no port is named) or smtps:// (465)',
      example: 'smtp://mail.example:587',
    }),
    SMTP_USERNAME: setting(text.optional(), {
      description: 'the account there, where it asks for one; the password is sent over TLS alone',
      example: 'rackline',
    }),
    SMTP_PASSWORD: setting(secret.optional(), { description: 'its password', example: 'mail-password' }),
    SMTP_TLS: setting(
      z.enum(['if-offered', 'required'], { error: "must be 'if-offered' or 'required'" }).default('if-offered'),
      {
        description: '`required`: no mail goes over smtp:// to a server that offers no STARTTLS',
        example: 'required',
      },
    ),
    SMTP_FROM: setting(text.default('rackline@rackline.example'), {
      description: 'the sender of all mail',
      example: 'Rackline <rackline@rackline.example>',
    }),
  }),
  address: 'SMTP_URL',
  check: ({ SMTP_USERNAME, SMTP_PASSWORD }) =>
    (SMTP_USERNAME === undefined) === (SMTP_PASSWORD === undefined)
      ? []
      : ['SMTP_USERNAME: is needed with SMTP_PASSWORD, and the other way round'],
  ports: ['mailer'],
  capabilities: [{ name: 'mail', without: 'Nobody is told by mail; the portal shows the same.' }],
  client: () => import('./client.ts'),
  connect: ({ createSmtp }, { SMTP_URL, SMTP_FROM, SMTP_TLS, SMTP_USERNAME, SMTP_PASSWORD }, parts) => ({
    mailer: createSmtp({
      ...parts,
      url: SMTP_URL,
      from: SMTP_FROM,
      needsTls: SMTP_TLS === 'required',
      ...(SMTP_USERNAME !== undefined &&
        SMTP_PASSWORD && { credentials: { username: SMTP_USERNAME, password: SMTP_PASSWORD } }),
    }),
  }),
  off: () => ({ mailer: { send: async () => ({ outcome: 'refused', reason: 'mail is off: set SMTP_URL' }) } }),
});
