import { z } from 'zod';
import { closeApproval, insertApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { approvalRequested } from '../../shared/domain/approvals/events.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { program } from '../../shared/kernel/actor.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ApprovalId, OrderId, QuoteId } from '../../shared/kernel/ids.ts';
import { step } from '../../shared/saga/step.ts';

const decideWithin = days(5);

/** Asks for the purchase to be approved, or approves it by rule where the amount needs no person. */
export const requestApproval = step({
  name: 'request-approval',
  input: z.object({
    orderId: OrderId,
    quoteId: QuoteId,
    vendor: z.string(),
    totalMinor: z.number().int(),
    currency: z.string(),
  }),
  output: z.object({ approvalId: ApprovalId }),
  run: async ({ orderId, quoteId, vendor, totalMinor, currency }, { db, clock, settings }, context) => {
    const order = await getOrder(db, orderId);
    const id = ApprovalId.parse(context.newId('approval'));
    const now = isoTime(clock.now());
    const limit = amount(settings.approvalLimitMinor, currency);
    const isByRule = totalMinor <= settings.approvalLimitMinor;
    const quantity = order.lines.reduce((sum, line) => sum + line.quantity, 0);
    const summary =
      `${quantity} ${quantity === 1 ? 'server' : 'servers'} from ${vendor} for ` +
      `${amount(totalMinor, currency)}, ordered by ${order.tenantId}`;
    await db.transaction(async (tx) => {
      const opened = await insertApproval(tx, {
        id,
        kind: 'purchase',
        subject: orderId,
        tenantId: order.tenantId,
        orderId,
        serverId: null,
        sagaId: context.waitingSagaId,
        amountMinor: totalMinor,
        currency,
        summary,
        requestedBy: order.requestedBy,
        requestedById: order.requestedById,
        requestedAt: now,
        dueAt: isoTime(context.at + decideWithin),
        reason: null,
        ...(isByRule
          ? {
              state: 'approved',
              policy: `up to ${limit} by rule`,
              decidedBy: 'rule',
              decidedById: 'rule',
              decidedAt: now,
            }
          : {
              state: 'open',
              policy: `above ${limit} a person decides`,
              decidedBy: null,
              decidedById: null,
              decidedAt: null,
            }),
      });
      if (opened > 0 && !isByRule)
        await appendEvents(tx, clock, [
          approvalRequested({
            subject: id,
            tenantId: order.tenantId,
            data: {
              approvalId: id,
              kind: 'purchase',
              subject: quoteId,
              summary,
              dueAt: isoTime(context.at + decideWithin),
            },
          }),
        ]);
    });
    return { approvalId: id };
  },
  undo: {
    name: 'withdraw-approval',
    run: async (_input, { db, clock }, context) =>
      void (await closeApproval(
        db,
        clock,
        ApprovalId.parse(context.newId('approval')),
        'withdrawn',
        program(context.origin.actor),
        null,
      )),
  },
});

const amount = (minor: number, currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(minor / 100);
