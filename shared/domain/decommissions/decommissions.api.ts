import { z } from 'zod';
import { ServerId } from '../../kernel/ids.ts';
import { Reason } from '../../kernel/text.ts';
import { Disposition } from '../../lifecycle/states.ts';
import { EraseCertificate } from '../erasure/certificate.ts';

export const ProposeDecommission = z.object({
  serverId: ServerId,
  reason: Reason,
  disposition: Disposition.exclude(['lost']).default('retired'),
});
export const DecommissionView = z.object({
  id: z.string(),
  serverId: z.string(),
  tenantId: z.string().nullable(),
  reason: z.string(),
  disposition: z.string(),
  state: z.string(),
  requestedBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  sagaId: z.string(),
  certificate: EraseCertificate.nullable(),
});
export type DecommissionView = z.infer<typeof DecommissionView>;
