import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { setRelease as storeRelease } from '../../shared/domain/edge/releases.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const setRelease = httpFunction(agentsApi.setRelease, {
  find: findDatacenter,
  handle: async ({ caller, params: { datacenter }, body }, { db, clock }) =>
    ok({ datacenter, ...(await storeRelease(db, clock, datacenter, body, caller.name)) }),
});
