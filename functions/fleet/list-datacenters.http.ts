import { DatacenterView } from '../../shared/domain/datacenters/datacenters.api.ts';
import { listDatacenters as readDatacenters } from '../../shared/domain/datacenters/datacenters.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { page } from '../../shared/http/paging.ts';

export const listDatacenters = httpFunction({
  name: 'list-datacenters',
  route: 'GET /v1/datacenters',
  summary: 'Our datacenters.',
  answer: page(DatacenterView),
  allow: ({ caller }) => caller.roles.length > 0,
  handle: async (_input, { db }) => ok({ items: await readDatacenters(db), next: null }),
});
