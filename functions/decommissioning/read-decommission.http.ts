import { decommissionsApi } from '../../shared/domain/decommissions/decommissions.api.ts';
import { getDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { decommissionView } from '../../shared/domain/decommissions/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const readDecommission = httpFunction(decommissionsApi.read, async ({ caller, params }, { db }) => {
  const wish = await getDecommission(db, params.id);
  if (!caller.may('decommission:read', wish)) throw notFound('decommission', params.id);
  return ok(decommissionView(wish));
});
