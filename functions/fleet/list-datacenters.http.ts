import { datacentersApi } from '../../shared/domain/datacenters/datacenters.api.ts';
import { listDatacenters as readDatacenters } from '../../shared/domain/datacenters/datacenters.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const listDatacenters = httpFunction(datacentersApi.list, async (_input, { db }) =>
  ok({ items: await readDatacenters(db), next: null }),
);
