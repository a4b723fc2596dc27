import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { CreateEnrolment, EnrolmentCode } from '../../shared/domain/edge/agents.api.ts';
import { createEnrolment as makeCode } from '../../shared/domain/edge/enrolments.db.ts';
import { httpFunction, notFound } from '../../shared/http/http-function.ts';

export const createEnrolment = httpFunction({
  name: 'create-enrolment',
  route: 'POST /v1/edge/enrolments',
  summary: 'Create a code that enrols one edge agent, once, within an hour. It is shown here and never again.',
  body: CreateEnrolment,
  answer: EnrolmentCode,
  keepsAnswer: false,
  allow: ({ caller }) => caller.may('edge:enrol'),
  handle: async ({ caller, body: { datacenter } }, { db, clock }) => {
    if (!(await findDatacenter(db, datacenter))) throw notFound('datacenter', datacenter);
    const { code, expiresAt } = await makeCode(db, clock, { datacenterId: datacenter, createdBy: caller.name });
    return { status: 201, body: { code, datacenter, expiresAt } };
  },
});
