import { z } from 'zod';
import { ServerConfig } from '../../facts/server.ts';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { DatacenterId, OrderId, TenantId } from '../../kernel/ids.ts';
import { Reason } from '../../kernel/text.ts';
import { TimelineEntry } from '../sagas/sagas.api.ts';
import { OrderState } from './rules.ts';

/** What the orders' endpoints take and answer. The portal is typed from these; nothing here runs on a server only. */
export const SubmitOrder = z
  .object({
    datacenter: DatacenterId.optional(),
    /** Where any datacenter of a region will do. */
    placement: z.object({ region: z.string().min(1) }).optional(),
    /** Staff may order for a tenant; a tenant orders for itself. */
    tenantId: TenantId.optional(),
    lines: z
      .array(z.object({ quantity: z.number().int().min(1).max(500), config: ServerConfig }))
      .min(1)
      .max(20),
  })
  .refine(({ datacenter, placement }) => (datacenter === undefined) !== (placement === undefined), {
    error: 'give either a datacenter or a placement',
    path: ['datacenter'],
  });
export type SubmitOrder = z.input<typeof SubmitOrder>;

export const OrderView = z.object({
  id: z.string(),
  tenantId: z.string(),
  datacenterId: z.string(),
  state: z.string(),
  version: z.number(),
  requestedBy: z.string(),
  sagaId: z.string(),
  endedReason: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lines: z.array(z.object({ id: z.string(), quantity: z.number(), config: ServerConfig })),
});
export type OrderView = z.infer<typeof OrderView>;

export const OrderServer = z.object({
  id: z.string(),
  state: z.string(),
  condition: z.string(),
  serial: z.string().nullable(),
  model: z.string().nullable(),
});
export const OrderDetail = OrderView.extend({
  servers: z.array(OrderServer),
  /** Null when the order can be cancelled; otherwise why it cannot. */
  cancelBlockedReason: z.string().nullable(),
});
export type OrderDetail = z.infer<typeof OrderDetail>;

/** One of the specification's seven parts of an order. */
export const Phase = z.object({
  name: z.string(),
  /**
   * While an order is taken back, one part is `taking-back`, those before it are still `to-take-back`. `left`: somebody
   * gave up, and what it had done was not taken back.
   */
  state: z.enum(['done', 'current', 'next', 'taking-back', 'to-take-back', 'taken-back', 'left', 'not-needed']),
  /** Since when it waits, where it waits; otherwise when it was begun. */
  since: z.string().nullable(),
  until: z.string().nullable(),
  /** Who has to do something now. */
  waitingFor: z.array(z.string()),
});
export const OrderTimeline = z.object({ phases: z.array(Phase), entries: z.array(TimelineEntry) });
export type OrderTimeline = z.infer<typeof OrderTimeline>;
export type Phase = z.infer<typeof Phase>;

const params = z.object({ id: OrderId });
export const ordersApi = {
  submit: contract({
    name: 'submit-order',
    route: 'POST /v1/orders',
    summary: 'Order servers.',
    audience: 'users',
    permission: 'order:create',
    body: SubmitOrder,
    answer: OrderView,
  }),
  list: contract({
    name: 'list-orders',
    route: 'GET /v1/orders',
    summary: 'Orders, newest first.',
    audience: 'users',
    permission: 'order:read',
    query: PageQuery.extend({ state: OrderState.optional() }),
    answer: page(OrderView),
  }),
  read: contract({
    name: 'read-order',
    route: 'GET /v1/orders/{id}',
    summary: 'One order with its servers.',
    audience: 'users',
    permission: 'order:read',
    subject: { noun: 'order', by: 'params.id' },
    params,
    answer: OrderDetail,
  }),
  timeline: contract({
    name: 'order-timeline',
    route: 'GET /v1/orders/{id}/timeline',
    summary: 'What happened to an order, what happens now and who is waited for.',
    audience: 'users',
    permission: 'order:read',
    subject: { noun: 'order', by: 'params.id' },
    params,
    answer: OrderTimeline,
  }),
  cancel: contract({
    name: 'cancel-order',
    route: 'POST /v1/orders/{id}/cancel',
    summary: 'Take an order back: everything done for it is undone.',
    audience: 'users',
    permission: 'order:cancel',
    subject: { noun: 'order', by: 'params.id' },
    params,
    body: z.object({ reason: Reason.default('no reason given') }),
    answer: OrderView,
  }),
};
