// SMTP replies as nodemailer reports them (RFC 5321 section 4.2): 4xx may pass later, 5xx never will.
import { z } from 'zod';

export const SmtpFailure = z.object({
  responseCode: z.number().int().optional(),
  code: z.string().optional(),
  response: z.string().optional(),
});
