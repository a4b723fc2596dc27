import { serversApi } from '../../shared/domain/assets/assets.api.ts';
import { listAssets } from '../../shared/domain/assets/assets.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';
import type { State } from '../../shared/lifecycle/states.ts';

/** The states in which a server is some tenant's. */
const held: readonly State[] = ['ASSIGNED_TO_TENANT', 'IN_SERVICE', 'MAINTENANCE', 'DECOMMISSION_PROPOSED'];

export const listServers = httpFunction(serversApi.list, async ({ caller, query }, { db }) => {
  const servers = await listAssets(db, {
    ...query,
    tenantId: caller.tenantFilter('server:read'),
    states: held,
    limit: query.limit + 1,
  });
  return ok(cut(servers, query.limit, ({ id }) => id));
});
