import { z } from 'zod';
import { DecommissionView } from '../../shared/domain/decommissions/decommissions.api.ts';
import { getDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { DecommissionId } from '../../shared/kernel/ids.ts';

export const readDecommission = httpFunction({
  name: 'read-decommission',
  route: 'GET /v1/decommissions/{id}',
  summary: 'One decommission, with its erase certificate.',
  params: z.object({ id: DecommissionId }),
  answer: DecommissionView,
  allow: ({ caller }) => caller.may('decommission:read'),
  handle: async ({ caller, params }, { db }) => {
    const wish = await getDecommission(db, params.id);
    if (!caller.may('decommission:read', wish)) throw notFound('decommission', params.id);
    return ok(wish);
  },
});
