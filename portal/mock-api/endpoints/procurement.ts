import { z } from 'zod';
import { approvalView, decisionBlocked } from '../../../shared/access/approval-views.ts';
import type { Caller } from '../../../shared/access/caller.ts';
import { ApprovalView, DecideApproval } from '../../../shared/domain/approvals/approvals.api.ts';
import { entriesFor, phasesOf } from '../../../shared/domain/orders/order-story.ts';
import { OrderDetail, OrderTimeline, OrderView, SubmitOrder } from '../../../shared/domain/orders/orders.api.ts';
import { QuoteView } from '../../../shared/domain/procurement/procurement.api.ts';
import { ShipmentView } from '../../../shared/domain/receiving/shipments.api.ts';
import { shipmentView } from '../../../shared/domain/receiving/views.ts';
import { cut, page, PageQuery } from '../../../shared/kernel/api/paging.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { AppError } from '../../../shared/kernel/errors/app-error.ts';
import type { MockPlatform } from '../platform.ts';
import { newOrder } from '../seed.ts';
import { fulfil } from '../stories/fulfil.ts';
import { conflict, endpoint, newestFirst, seen } from './endpoint.ts';

const orderOf = (platform: MockPlatform, caller: Caller, id: string) =>
  seen('order', id, platform.orders.get(id), (order) => caller.may('order:read', order));
const familyOf = (platform: MockPlatform, rootId: string) =>
  [...platform.sagas.values()]
    .filter((saga) => saga.rootId === rootId)
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

function cancelBlocked(platform: MockPlatform, order: ReturnType<typeof orderOf>): string | null {
  if (['fulfilled', 'cancelled', 'failed'].includes(order.state)) return `The order is ${order.state}.`;
  const family = familyOf(platform, order.sagaId);
  const noReturn = family.find(({ pointOfNoReturn }) => pointOfNoReturn)?.pointOfNoReturn;
  if (noReturn) return `It can no longer be taken back: ${noReturn}.`;
  const asked = family.find(({ cancelRequested }) => cancelRequested)?.cancelRequested;
  return asked ? `${asked.by} has asked for it already.` : null;
}

export const procurement = [
  endpoint({
    route: 'GET /v1/orders',
    needs: 'order:read',
    query: PageQuery.extend({ state: z.string().optional() }),
    answer: page(OrderView),
    handle: ({ platform, caller, query }) =>
      newestFirst(
        [...platform.orders.values()].filter(
          (order) => caller.may('order:read', order) && (!query.state || order.state === query.state),
        ),
        ({ id }) => id,
        query,
      ),
  }),
  endpoint({
    route: 'POST /v1/orders',
    needs: 'order:create',
    body: SubmitOrder,
    answer: OrderView,
    status: 202,
    handle: ({ platform, teller, caller, body }) => {
      const tenant = body.tenantId || caller.tenantId;
      if (!tenant)
        throw new AppError({
          code: 'order.tenant-missing',
          kind: 'invalid',
          publicMessage: 'Say for which tenant you order.',
          complaints: [{ where: 'tenantId', what: 'is needed when staff order' }],
        });
      if (!['acme', 'globex'].includes(tenant))
        throw new AppError({
          code: 'tenant.unknown',
          kind: 'invalid',
          publicMessage: `There is no tenant '${tenant}'.`,
          complaints: [{ where: 'tenantId', what: 'is not a tenant of ours' }],
        });
      const datacenter =
        body.datacenter ?? platform.datacenters.find(({ region }) => region === body.placement?.region)?.id;
      if (!datacenter)
        throw new AppError({
          code: 'datacenter.unknown',
          kind: 'invalid',
          publicMessage: 'There is no such datacenter.',
        });
      const order = newOrder(platform, {
        tenant,
        datacenter,
        requestedBy: caller.actor,
        lines: body.lines,
        at: Date.now(),
      });
      void fulfil(teller(), order);
      return order;
    },
  }),
  endpoint({
    route: 'GET /v1/orders/{id}',
    needs: 'order:read',
    answer: OrderDetail,
    handle: ({ platform, caller, id }) => {
      const order = orderOf(platform, caller, id);
      return {
        ...order,
        servers: [...platform.assets.values()].filter(({ orderId }) => orderId === order.id),
        cancelBlockedReason: cancelBlocked(platform, order),
      };
    },
  }),
  endpoint({
    route: 'POST /v1/orders/{id}/cancel',
    needs: 'order:cancel',
    body: z.object({ reason: z.string() }),
    answer: OrderView,
    status: 202,
    handle: ({ platform, caller, id, body }) => {
      const order = orderOf(platform, caller, id);
      const blocked = cancelBlocked(platform, order);
      if (blocked) throw conflict('saga.past-no-return', blocked);
      const root = platform.sagas.get(order.sagaId);
      if (root) root.cancelRequested = { by: caller.name, reason: body.reason };
      platform.changed();
      return order;
    },
  }),
  endpoint({
    route: 'GET /v1/orders/{id}/timeline',
    needs: 'order:read',
    answer: OrderTimeline,
    handle: ({ platform, caller, id }) => {
      const order = orderOf(platform, caller, id);
      const family = familyOf(platform, order.sagaId);
      const isOf = ({ sagaId }: { sagaId: string }) => family.some((saga) => saga.id === sagaId);
      return {
        phases: phasesOf(order, family, platform.steps.filter(isOf)),
        entries: entriesFor(platform.timeline.filter(isOf), caller.may('saga:read') ? 'staff' : 'tenant'),
      };
    },
  }),
  endpoint({
    route: 'GET /v1/quotes',
    needs: 'procurement:read',
    query: z.object({ orderId: z.string() }),
    answer: page(QuoteView),
    handle: ({ platform, query }) => ({
      items: platform.quotes.filter(({ orderId }) => orderId === query.orderId),
      next: null,
    }),
  }),
  endpoint({
    route: 'GET /v1/approvals',
    needs: 'approval:read',
    query: PageQuery.extend({ state: z.string().optional() }),
    answer: page(ApprovalView),
    handle: ({ platform, caller, query }) => {
      const isTenant = caller.scope('approval:read') === 'own';
      const visible = [...platform.approvals.values()].filter(
        (each) =>
          caller.may('approval:read', each) &&
          (!isTenant || each.kind === 'decommission') &&
          (!query.state || each.state === query.state),
      );
      const { items, next } = newestFirst(visible, ({ id }) => id, query);
      return { items: items.map((each) => approvalView(caller, each)), next };
    },
  }),
  endpoint({
    route: 'POST /v1/approvals/{id}/decision',
    needs: ['purchase:decide', 'decommission:decide'],
    body: DecideApproval,
    answer: ApprovalView,
    handle: ({ platform, caller, id, body }) => {
      const approval = seen('approval', id, platform.approvals.get(id), (each) => caller.may('approval:read', each));
      const blocked = decisionBlocked(caller, approval);
      if (blocked) throw conflict('approval.not-yours', blocked);
      const decision = body.decision === 'approve' ? 'approved' : 'rejected';
      Object.assign(approval, {
        state: decision,
        decidedBy: caller.name,
        decidedById: caller.id,
        decidedAt: isoTime(Date.now()),
        reason: body.reason,
      });
      platform.emit(
        'approvals.decided',
        approval.id,
        { approvalId: approval.id, kind: approval.kind, subject: approval.subject, decision, decidedBy: caller.name },
        { at: Date.now(), tenantId: approval.tenantId },
      );
      return approvalView(caller, approval);
    },
  }),
  endpoint({
    route: 'GET /v1/shipments',
    needs: 'shipment:read',
    query: PageQuery.extend({ orderId: z.string().optional() }),
    answer: page(ShipmentView),
    handle: ({ platform, caller, query }) => {
      const visible = [...platform.shipments.values()].filter(
        (each) => caller.may('shipment:read', each) && (!query.orderId || each.orderId === query.orderId),
      );
      const { items, next } = cut(visible.reverse(), query.limit, ({ id }) => id);
      return {
        items: items.map((each) =>
          shipmentView(
            each,
            platform.items.filter(({ shipmentId }) => shipmentId === each.id),
          ),
        ),
        next,
      };
    },
  }),
];
