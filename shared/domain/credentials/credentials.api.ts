import { z } from 'zod';

export const RevealedCredentials = z.object({
  username: z.string(),
  password: z.string(),
  address: z.string().nullable(),
});
