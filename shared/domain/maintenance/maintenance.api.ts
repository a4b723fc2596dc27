import { z } from 'zod';
import { ServerId } from '../../kernel/ids.ts';
import { Reason } from '../../kernel/text.ts';

export const RequestMaintenance = z.object({
  serverId: ServerId,
  reason: Reason,
  endsAt: z.iso.datetime(),
});
export const MaintenanceView = z.object({
  id: z.string(),
  serverId: z.string(),
  reason: z.string(),
  state: z.string(),
  requestedBy: z.string(),
  endsAt: z.string(),
  createdAt: z.string(),
  sagaId: z.string(),
});
