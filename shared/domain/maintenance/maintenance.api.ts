import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
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

export const maintenanceApi = {
  request: contract({
    name: 'request-maintenance',
    route: 'POST /v1/maintenance-windows',
    summary: 'Take a server in service into maintenance.',
    audience: 'users',
    permission: 'maintenance:request',
    subject: { noun: 'server', by: 'body.serverId' },
    body: RequestMaintenance,
    answer: MaintenanceView,
  }),
};
