import { z } from 'zod';
import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { DatacenterRelease, EdgeRelease } from '../../shared/domain/edge/agents.api.ts';
import { findRelease, setRelease as keepRelease } from '../../shared/domain/edge/releases.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';

export const setRelease = httpFunction({
  name: 'set-release',
  route: 'PUT /v1/edge/releases/{datacenter}',
  summary:
    'Set the release that the agent of a datacenter is to run. The agent downloads, verifies and starts it by ' +
    'itself, and rolls back if its trial fails.',
  params: z.object({ datacenter: DatacenterId }),
  body: EdgeRelease,
  answer: DatacenterRelease,
  allow: ({ caller }) => caller.may('edge:release'),
  handle: async ({ caller, params: { datacenter }, body }, { db, clock }) => {
    if (!(await findDatacenter(db, datacenter))) throw notFound('datacenter', datacenter);
    await keepRelease(db, clock, datacenter, body, caller.name);
    return ok({ datacenter, ...(await findRelease(db, datacenter)) });
  },
});
