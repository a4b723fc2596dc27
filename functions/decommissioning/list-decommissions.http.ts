import { decommissionsApi } from '../../shared/domain/decommissions/decommissions.api.ts';
import { listDecommissions as readDecommissions } from '../../shared/domain/decommissions/decommissions.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listDecommissions = httpFunction(decommissionsApi.list, async ({ caller, query }, { db }) => {
  const wishes = await readDecommissions(db, {
    ...query,
    tenantId: caller.tenantFilter('decommission:read'),
    limit: query.limit + 1,
  });
  return ok(cut(wishes, query.limit, ({ id }) => id));
});
