import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page } from '../../kernel/api/paging.ts';

export const DatacenterView = z.object({ id: z.string(), name: z.string(), region: z.string() });

export const datacentersApi = {
  list: contract({
    name: 'list-datacenters',
    route: 'GET /v1/datacenters',
    summary: 'Our datacenters.',
    audience: 'everybody',
    permission: 'datacenter:read',
    answer: page(DatacenterView),
  }),
};
