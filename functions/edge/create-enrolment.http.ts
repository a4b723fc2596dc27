import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { createEnrolment as makeCode } from '../../shared/domain/edge/enrolments.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound } from '../../shared/http/reply.ts';

export const createEnrolment = httpFunction(
  agentsApi.createEnrolment,
  async ({ caller, body: { datacenter } }, { db, clock }) => {
    if (!(await findDatacenter(db, datacenter))) throw notFound('datacenter', datacenter);
    const { code, expiresAt } = await makeCode(db, clock, { datacenterId: datacenter, createdBy: caller.name });
    return { status: 201, body: { code, datacenter, expiresAt } };
  },
);
