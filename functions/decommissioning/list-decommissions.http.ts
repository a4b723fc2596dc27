import { z } from 'zod';
import { DecommissionView } from '../../shared/domain/decommissions/decommissions.api.ts';
import { listDecommissions as readDecommissions } from '../../shared/domain/decommissions/decommissions.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';

export const listDecommissions = httpFunction({
  name: 'list-decommissions',
  route: 'GET /v1/decommissions',
  summary: 'Ends proposed, under way and done.',
  query: PageQuery.extend({ serverId: z.string().optional() }),
  answer: page(DecommissionView),
  allow: ({ caller }) => caller.may('decommission:read'),
  handle: async ({ caller, query }, { db }) => {
    const wishes = await readDecommissions(db, {
      ...query,
      tenantId: caller.tenantFilter('decommission:read'),
      limit: query.limit + 1,
    });
    return ok(cut(wishes, query.limit, ({ id }) => id));
  },
});
