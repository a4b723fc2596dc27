import { DatacenterView } from '../../shared/api/operations.ts';
import { page } from '../../shared/api/paging.ts';
import { listDatacenters as readDatacenters } from '../../shared/db/datacenters.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';

export const listDatacenters = httpFunction({
  name: 'list-datacenters',
  route: 'GET /v1/datacenters',
  summary: 'Our datacenters.',
  answer: page(DatacenterView),
  allow: ({ caller }) => caller.roles.length > 0,
  handle: async (_input, { db }) => ok({ items: await readDatacenters(db), next: null }),
});
