import type { Approval } from '../../../shared/domain/approvals/approvals.db.ts';
import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { Quote } from '../../../shared/domain/procurement/procurement.db.ts';
import type { SagaRow } from '../../../shared/domain/sagas/sagas.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { days, hours, minutes } from '../../../shared/kernel/durations.ts';
import { ApprovalId, QuoteId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { build, plan, type Vendor } from './hardware.ts';
import { about, serversIn, setState } from './order.ts';
import type { Teller } from './teller.ts';

/** What stock cannot serve is asked of the vendors, approved by a person and bought from the cheapest. */
export async function procure(
  teller: Teller,
  order: Order,
  parent: SagaRow,
): Promise<{ assets: Asset[]; vendor: Vendor }> {
  const { platform } = teller;
  setState(teller, order, 'procuring');
  const saga = teller.begin('procure', order.id, { subject: order.id }, parent);
  const assets = order.lines.flatMap(({ quantity, config }) =>
    Array.from({ length: quantity }, () => plan(order, order.datacenterId, config, teller.now())),
  );
  for (const asset of assets) platform.assets.set(asset.id, asset);
  await teller.step(saga, 'plan-purchase', `${assets.length} to buy`);
  for (const asset of assets) teller.move(asset, 'quotes-requested', saga);
  const quotes = (['dell', 'hpe'] as const).map((vendor) => requestQuote(teller, order, vendor, assets.length));
  for (const { vendor } of quotes) await teller.step(saga, 'request-quote', `asked ${vendor}`, minutes(1));
  await teller.wait(saga, 'collect-quotes', 'quotes from hpe and dell', 'both vendors have answered', hours(5));
  for (const quote of quotes) answerQuote(teller, order, quote);
  for (const asset of assets) teller.move(asset, 'quotes-received', saga);
  const chosen = quotes.toSorted((a, b) => (a.totalMinor ?? 0) - (b.totalMinor ?? 0))[0];
  if (!chosen) throw new Error('no vendor made an offer');
  await teller.step(saga, 'choose-quote', `${chosen.vendor} is the cheapest`, minutes(1));
  await approve(teller, order, chosen, saga);
  for (const asset of assets) teller.move(asset, 'purchase-approved', saga);
  await teller.step(saga, 'place-purchase', `ordered from ${chosen.vendor}`);
  Object.assign(chosen, { state: 'accepted' });
  await teller.step(saga, 'decline-other-quotes', 'the other offer is declined');
  for (const quote of quotes) if (quote !== chosen) Object.assign(quote, { state: 'cancelled' });
  await teller.wait(
    saga,
    'await-ship-notice',
    `${chosen.vendor} to ship PO-${order.id.slice(-6)}`,
    'the ship notice has come',
    hours(20),
  );
  teller.end(saga, 'done');
  return { assets, vendor: chosen.vendor };
}

function requestQuote(teller: Teller, order: Order, vendor: Vendor, quantity: number): Quote {
  const quote: Quote = {
    id: QuoteId.parse(newId('quote', teller.now())),
    orderId: order.id,
    vendor,
    vendorRef: null,
    state: 'requested',
    totalMinor: null,
    currency: null,
    validUntil: null,
    leadTimeDays: null,
    model: quantity > 0 ? build(vendor).model : null,
    declinedReason: null,
    requestedAt: teller.iso(),
    answeredAt: null,
  };
  teller.platform.quotes.push(quote);
  return quote;
}
function answerQuote(teller: Teller, order: Order, quote: Quote): void {
  const each = quote.vendor === 'hpe' ? 21_480_00 : 19_990_00;
  Object.assign(quote, {
    state: 'quoted',
    totalMinor: each * serversIn(order),
    currency: 'USD',
    validUntil: isoTime(teller.now() + days(14)),
    leadTimeDays: quote.vendor === 'hpe' ? 12 : 18,
    answeredAt: teller.iso(),
  });
}

async function approve(teller: Teller, order: Order, quote: Quote, saga: SagaRow): Promise<void> {
  const { platform } = teller;
  const [totalMinor, currency] = [quote.totalMinor ?? 0, quote.currency ?? 'USD'];
  const money = new Intl.NumberFormat('en', { style: 'currency', currency }).format(totalMinor / 100);
  const approval: Approval = {
    id: ApprovalId.parse(newId('approval', teller.now())),
    kind: 'purchase',
    subject: order.id,
    tenantId: order.tenantId,
    orderId: order.id,
    serverId: null,
    sagaId: saga.id,
    state: 'open',
    amountMinor: totalMinor,
    currency,
    summary: `${serversIn(order)} servers from ${quote.vendor} for ${money}, ordered by ${order.tenantId}`,
    policy: 'above $10,000.00 a person decides',
    requestedBy: order.requestedBy,
    requestedById: order.requestedById,
    requestedAt: teller.iso(),
    dueAt: isoTime(teller.now() + days(5)),
    decidedBy: null,
    decidedById: null,
    decidedAt: null,
    reason: null,
  };
  platform.approvals.set(approval.id, approval);
  await teller.step(saga, 'request-approval', approval.summary, minutes(1));
  platform.emit(
    'approvals.requested',
    approval.id,
    { approvalId: approval.id, kind: 'purchase', subject: quote.id, summary: approval.summary, dueAt: approval.dueAt },
    about(teller, order),
  );
  const decided = await teller.ask(
    saga,
    'await-purchase-decision',
    'an approver',
    days(5),
    () => (approval.state === 'open' ? undefined : approval),
    () =>
      Object.assign(approval, {
        state: 'approved',
        decidedBy: 'approver@rackline.example',
        decidedAt: teller.iso(),
        reason: 'Best offer',
      }),
  );
  if (decided.state === 'rejected') throw new Error(`${decided.decidedBy} rejected the purchase: ${decided.reason}`);
}
