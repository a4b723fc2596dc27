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
import { newOrder } from '../seed.ts';
import { fulfil } from '../stories/fulfil.ts';
import type { World } from '../world.ts';
import { conflict, endpoint, newestFirst, seen } from './endpoint.ts';

const orderOf = (world: World, caller: Caller, id: string) =>
  seen('order', id, world.orders.get(id), (order) => caller.may('order:read', order));
const familyOf = (world: World, rootId: string) =>
  [...world.sagas.values()]
    .filter((saga) => saga.rootId === rootId)
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

function cancelBlocked(world: World, order: ReturnType<typeof orderOf>): string | null {
  if (['fulfilled', 'cancelled', 'failed'].includes(order.state)) return `The order is ${order.state}.`;
  const family = familyOf(world, order.sagaId);
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
    handle: ({ world, caller, query }) =>
      newestFirst(
        [...world.orders.values()].filter(
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
    handle: ({ world, teller, caller, body }) => {
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
        body.datacenter ?? world.datacenters.find(({ region }) => region === body.placement?.region)?.id;
      if (!datacenter)
        throw new AppError({
          code: 'datacenter.unknown',
          kind: 'invalid',
          publicMessage: 'There is no such datacenter.',
        });
      const order = newOrder(world, {
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
    handle: ({ world, caller, id }) => {
      const order = orderOf(world, caller, id);
      return {
        ...order,
        servers: [...world.assets.values()].filter(({ orderId }) => orderId === order.id),
        cancelBlockedReason: cancelBlocked(world, order),
      };
    },
  }),
  endpoint({
    route: 'POST /v1/orders/{id}/cancel',
    needs: 'order:cancel',
    body: z.object({ reason: z.string() }),
    answer: OrderView,
    status: 202,
    handle: ({ world, caller, id, body }) => {
      const order = orderOf(world, caller, id);
      const blocked = cancelBlocked(world, order);
      if (blocked) throw conflict('saga.past-no-return', blocked);
      const root = world.sagas.get(order.sagaId);
      if (root) root.cancelRequested = { by: caller.name, reason: body.reason };
      world.changed();
      return order;
    },
  }),
  endpoint({
    route: 'GET /v1/orders/{id}/timeline',
    needs: 'order:read',
    answer: OrderTimeline,
    handle: ({ world, caller, id }) => {
      const order = orderOf(world, caller, id);
      const family = familyOf(world, order.sagaId);
      const isOf = ({ sagaId }: { sagaId: string }) => family.some((saga) => saga.id === sagaId);
      return {
        phases: phasesOf(order, family, world.steps.filter(isOf)),
        entries: entriesFor(world.timeline.filter(isOf), caller.may('saga:read') ? 'staff' : 'tenant'),
      };
    },
  }),
  endpoint({
    route: 'GET /v1/quotes',
    needs: 'procurement:read',
    query: z.object({ orderId: z.string() }),
    answer: page(QuoteView),
    handle: ({ world, query }) => ({
      items: world.quotes.filter(({ orderId }) => orderId === query.orderId),
      next: null,
    }),
  }),
  endpoint({
    route: 'GET /v1/approvals',
    needs: 'approval:read',
    query: PageQuery.extend({ state: z.string().optional() }),
    answer: page(ApprovalView),
    handle: ({ world, caller, query }) => {
      const isTenant = caller.scope('approval:read') === 'own';
      const visible = [...world.approvals.values()].filter(
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
    handle: ({ world, caller, id, body }) => {
      const approval = seen('approval', id, world.approvals.get(id), (each) => caller.may('approval:read', each));
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
      world.emit(
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
    handle: ({ world, caller, query }) => {
      const visible = [...world.shipments.values()].filter(
        (each) => caller.may('shipment:read', each) && (!query.orderId || each.orderId === query.orderId),
      );
      const { items, next } = cut(visible.reverse(), query.limit, ({ id }) => id);
      return {
        items: items.map((each) =>
          shipmentView(
            each,
            world.items.filter(({ shipmentId }) => shipmentId === each.id),
          ),
        ),
        next,
      };
    },
  }),
];
