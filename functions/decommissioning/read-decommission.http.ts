import { decommissionsApi } from '../../shared/domain/decommissions/decommissions.api.ts';
import { findDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readDecommission = httpFunction(decommissionsApi.read, {
  find: findDecommission,
  handle: async ({ subject }) => ok(subject),
});
