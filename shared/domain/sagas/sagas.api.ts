import { z } from 'zod';
import { Reason } from '../../kernel/text.ts';

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
export const OperateSaga = z.object({ reason: Reason });
export const SagaEventBody = z.object({
  event: z.enum(['retry', 'skip', 'give-up', 'wake', 'cancel']),
  reason: Reason,
});
