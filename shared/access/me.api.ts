import { z } from 'zod';
import { contract } from '../kernel/api/contract.ts';

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

export const meApi = {
  read: contract({
    name: 'read-me',
    route: 'GET /v1/me',
    summary: 'Who is signed in, and what they may do.',
    audience: 'everybody',
    permission: null,
    answer: MeView,
  }),
};
