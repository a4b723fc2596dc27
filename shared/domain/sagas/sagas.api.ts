import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { Reason } from '../../kernel/text.ts';

export const SagaState = z.enum([
  'accepted',
  'running',
  'waiting',
  'unwinding',
  'stuck',
  'done',
  'failed',
  'cancelled',
]);

export const SagaView = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  rootId: z.string(),
  subject: z.string(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  tenantId: z.string().nullable(),
  datacenterId: z.string().nullable(),
  state: z.string(),
  waitingFor: z.string().nullable(),
  waitingUntil: z.string().nullable(),
  cancelRequested: z.object({ by: z.string(), reason: z.string() }).nullable(),
  pointOfNoReturn: z.string().nullable(),
  /** Where it is stuck. `steps`: what it has done and still holds, the next to be taken back first. */
  held: z.object({ step: z.string(), key: z.string(), reason: z.string(), steps: z.array(z.string()) }).nullable(),
  endedReason: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().nullable(),
  /**
   * Set where its instance in the durable engine is over though its story is not, in the engine's word (`Terminated`,
   * `Failed`), or `gone`: it cannot go on.
   */
  engineEnd: z.string().nullable(),
});
export type SagaView = z.infer<typeof SagaView>;
export const StepView = z.object({
  sagaId: z.string(),
  key: z.string(),
  step: z.string(),
  state: z.string(),
  attempts: z.number(),
  detail: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
  updatedAt: z.string(),
});
export const SagaDetail = SagaView.extend({ family: z.array(SagaView), steps: z.array(StepView) });
export type SagaDetail = z.infer<typeof SagaDetail>;
/** One line of a saga's timeline. */
export const TimelineEntry = z.object({
  at: z.string(),
  sagaId: z.string(),
  kind: z.string(),
  step: z.string().nullable(),
  attempt: z.number().nullable(),
  text: z.string(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
export const OperateSaga = z.object({ reason: Reason });
export type OperateSaga = z.infer<typeof OperateSaga>;
export const SagaEventBody = z.object({
  event: z.enum(['retry', 'skip', 'give-up', 'wake', 'cancel']),
  reason: Reason,
});
export type SagaEventBody = z.infer<typeof SagaEventBody>;

const params = z.object({ id: z.string().max(100) });
export const sagasApi = {
  list: contract({
    name: 'list-sagas',
    route: 'GET /v1/sagas',
    summary: 'Sagas, newest first.',
    audience: 'users',
    permission: 'saga:read',
    query: PageQuery.extend({
      state: SagaState.optional(),
      name: z.string().optional(),
      serverId: z.string().optional(),
      roots: z.enum(['true', 'false']).optional(),
    }),
    answer: page(SagaView),
  }),
  read: contract({
    name: 'read-saga',
    route: 'GET /v1/sagas/{id}',
    summary: 'One saga with its parts and their steps.',
    audience: 'users',
    permission: 'saga:read',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    answer: SagaDetail,
  }),
  history: contract({
    name: 'saga-history',
    route: 'GET /v1/sagas/{id}/history',
    summary: "A saga's timeline, its parts' included.",
    audience: 'users',
    permission: 'saga:read',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    answer: page(TimelineEntry),
  }),
  retry: contract({
    name: 'retry-saga',
    route: 'POST /v1/sagas/{id}/retry',
    summary: 'Have a stuck saga try the same step again.',
    audience: 'users',
    permission: 'saga:operate',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    body: OperateSaga,
    answer: SagaView,
  }),
  resume: contract({
    name: 'resume-saga',
    route: 'POST /v1/sagas/{id}/resume',
    summary: 'Have a stuck saga go on without the step it is stuck at; the reason is the evidence.',
    audience: 'users',
    permission: 'saga:operate',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    body: OperateSaga,
    answer: SagaView,
  }),
  terminate: contract({
    name: 'terminate-saga',
    route: 'POST /v1/sagas/{id}/terminate',
    summary: 'End a saga: a stuck one gives up where it is, any other is taken back.',
    audience: 'users',
    permission: 'saga:operate',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    body: OperateSaga,
    answer: SagaView,
  }),
  events: contract({
    name: 'saga-events',
    route: 'POST /v1/sagas/{id}/events',
    summary: 'Tell a saga something: retry, skip, give-up, wake or cancel.',
    audience: 'users',
    permission: 'saga:operate',
    subject: { noun: 'saga', by: 'params.id' },
    params,
    body: SagaEventBody,
    answer: SagaView,
  }),
};
