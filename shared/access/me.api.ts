import { z } from 'zod';

export const MeView = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  tenantId: z.string().nullable(),
  datacenterIds: z.array(z.string()),
  may: z.array(z.string()),
  isLab: z.boolean(),
});
export type MeView = z.infer<typeof MeView>;
