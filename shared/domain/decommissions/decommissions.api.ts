import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { DecommissionId, ServerId } from '../../kernel/ids.ts';
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

export const decommissionsApi = {
  list: contract({
    name: 'list-decommissions',
    route: 'GET /v1/decommissions',
    summary: 'Ends proposed, under way and done.',
    audience: 'users',
    permission: 'decommission:read',
    query: PageQuery.extend({ serverId: z.string().optional() }),
    answer: page(DecommissionView),
  }),
  read: contract({
    name: 'read-decommission',
    route: 'GET /v1/decommissions/{id}',
    summary: 'One decommission, with its erase certificate.',
    audience: 'users',
    permission: 'decommission:read',
    subject: { noun: 'decommission', by: 'params.id' },
    params: z.object({ id: DecommissionId }),
    answer: DecommissionView,
  }),
  submit: contract({
    name: 'submit-decommission',
    route: 'POST /v1/decommissions',
    summary: "Propose a server's end. Somebody else decides; then its data is destroyed and proved to be.",
    audience: 'users',
    permission: 'decommission:propose',
    subject: { noun: 'server', by: 'body.serverId' },
    body: ProposeDecommission,
    answer: DecommissionView,
  }),
};
