import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { createEnrolment as makeCode } from '../../shared/domain/edge/enrolments.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';

export const createEnrolment = httpFunction(agentsApi.createEnrolment, {
  find: findDatacenter,
  handle: async ({ caller, body: { datacenter } }, { db, clock }) => {
    const { code, expiresAt } = await makeCode(db, clock, { datacenterId: datacenter, createdBy: caller.name });
    return { status: 201, body: { code, datacenter, expiresAt } };
  },
});
