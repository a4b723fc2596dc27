import { describe, expect, it } from '@jest/globals';
import type { Quoting } from '../../shared/ports/quoting.ts';
import { orderTimes, type QuotingState } from '../simulators/vendors/quoting.ts';
import type { AdapterLab } from './adapter-lab.ts';

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const request = { requestId: 'quo_01', lines: [{ config, quantity: 2 }], deliverTo: 'dc-nyc-01' };

export interface QuotingUnderTest {
  vendor: 'hpe' | 'dell';
  model: string;
  manufacturer: string;
  serial: RegExp;
  currency: string;
  /** Paths by which the desk is spoilt. */
  paths: { quotes: string; orders: string; returns: string };
}

/** What every vendor's desk has to do behind the Quoting port, whatever its interface looks like. */
export function quotingSuite(deps: AdapterLab, quoting: QuotingUnderTest, open: () => Quoting): void {
  const state = () => deps.lab.state<QuotingState>(quoting.vendor);
  const spoil = (method: string, path: string, kind: 'lost-answer' | 'garbled-answer') =>
    deps.lab.faults.set({ system: quoting.vendor, method, path, fault: { kind } });
  const quoted = async () => {
    const { ref } = await open().requestQuote(request);
    await deps.time.pass(600);
    return ref;
  };
  const ordered = async (poNumber = 'PO-1') => {
    const quoteRef = await quoted();
    expect(await open().submitOrder({ poNumber, quoteRef, deliverTo: 'dc-nyc-01' })).toMatchObject({
      outcome: 'accepted',
    });
    return poNumber;
  };

  describe('a quote', () => {
    it('takes time, then names a price, a model, a lead time and a last day', async () => {
      const { ref } = await open().requestQuote(request);
      await expect(open().readQuote(ref)).resolves.toEqual({ outcome: 'pending' });
      await deps.time.pass(600);
      const answer = await open().readQuote(ref);
      expect(answer).toMatchObject({
        outcome: 'quoted',
        quote: { ref, version: 1, currency: quoting.currency, model: quoting.model },
      });
      if (answer.outcome !== 'quoted') return;
      expect(answer.quote.totalMinor).toBe(2 * (state().quotes[0]?.offer?.unitMinor[0] ?? 0));
      expect(answer.quote.leadTimeDays).toBeGreaterThan(5);
      expect(Date.parse(answer.quote.validUntil)).toBeGreaterThan(deps.time.now() + 14 * 86_400_000);
    });

    it('is asked for once, however often it is asked for', async () => {
      const { ref } = await open().requestQuote(request);
      await expect(open().requestQuote(request)).resolves.toEqual({ ref });
      await expect(open().findQuote(request.requestId)).resolves.toEqual({ ref });
      await expect(open().findQuote('quo_other')).resolves.toBeUndefined();
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it.each(['lost-answer', 'garbled-answer'] as const)('is found again, not doubled, after a %s', async (kind) => {
      spoil('POST', quoting.paths.quotes, kind);
      const { ref } = await open().requestQuote(request);
      expect(state().quotes).toHaveLength(1);
      await expect(open().readQuote(ref)).resolves.toEqual({ outcome: 'pending' });
    });

    it('is declined for what the vendor does not build, and says why', async () => {
      const { ref } = await open().requestQuote({
        ...request,
        lines: [{ config: { ...config, cpu: '4x Itanium 9760' }, quantity: 1 }],
      });
      await deps.time.pass(600);
      await expect(open().readQuote(ref)).resolves.toMatchObject({
        outcome: 'declined',
        reason: expect.stringContaining('Itanium'),
      });
    });

    it('is cancelled, also twice, and also when the vendor has never heard of it', async () => {
      const ref = await quoted();
      await open().cancelQuote(ref);
      await open().cancelQuote(ref);
      await open().cancelQuote('nothing-like-it');
      await expect(open().readQuote(ref)).resolves.toEqual({ outcome: 'cancelled' });
      expect(deps.lab.holdings()).toMatchObject({ [quoting.vendor]: { openQuotes: [], liveOrders: [] } });
    });

    it('needs no cancelling once it has been ordered, and the order stays', async () => {
      const poNumber = await ordered('PO-1');
      const [quote] = state().quotes;
      await open().cancelQuote(quote?.id ?? '');
      await expect(open().readOrder(poNumber)).resolves.not.toMatchObject({ outcome: 'cancelled' });
    });

    it('can no longer be ordered once it has expired', async () => {
      const quoteRef = await quoted();
      await deps.time.pass(60 * 86_400);
      await expect(open().readQuote(quoteRef)).resolves.toMatchObject({ outcome: 'declined' });
      await expect(open().submitOrder({ poNumber: 'PO-1', quoteRef, deliverTo: 'dc-nyc-01' })).resolves.toMatchObject({
        outcome: 'refused',
      });
    });
  });

  describe('an order', () => {
    it('becomes machines on their way, each with the serial and addresses the vendor says it has', async () => {
      const poNumber = await ordered();
      await expect(open().readOrder(poNumber)).resolves.toEqual({ outcome: 'received' });
      await deps.time.pass(orderTimes.confirmed);
      await expect(open().readOrder(poNumber)).resolves.toEqual({ outcome: 'confirmed' });
      await deps.time.pass(orderTimes.shipped);
      const order = await open().readOrder(poNumber);
      expect(order).toMatchObject({
        outcome: 'shipped',
        isComplete: true,
        notices: [{ carrier: 'ups', trackingNumber: expect.stringMatching(/^1Z[0-9A-Z]{16}$/) }],
      });
      const items = order.outcome === 'shipped' ? order.notices.flatMap((notice) => notice.items) : [];
      expect(items).toHaveLength(2);
      for (const item of items) {
        expect(item).toMatchObject({
          model: quoting.model,
          manufacturer: quoting.manufacturer,
          config,
          serial: expect.stringMatching(quoting.serial),
        });
        for (const mac of [item.bmcMac, ...item.macs]) expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
        expect(item.macs).toHaveLength(2);
      }
      expect(new Set(items.flatMap((item) => [item.serial, item.bmcMac, ...item.macs])).size).toBe(8);
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('is placed once per order number, also when it is submitted again', async () => {
      const quoteRef = await quoted();
      const order = { poNumber: 'PO-1', quoteRef, deliverTo: 'dc-nyc-01' };
      const first = await open().submitOrder(order);
      await expect(open().submitOrder(order)).resolves.toEqual(first);
      expect(state().orders).toHaveLength(1);
    });

    it.each(['lost-answer', 'garbled-answer'] as const)('is placed once after a %s', async (kind) => {
      const quoteRef = await quoted();
      spoil(quoting.vendor === 'hpe' ? 'POST' : 'PUT', quoting.paths.orders, kind);
      const submit = () => open().submitOrder({ poNumber: 'PO-1', quoteRef, deliverTo: 'dc-nyc-01' });
      const answer = await submit().catch(submit);
      expect(answer).toMatchObject({ outcome: 'accepted' });
      expect(state().orders).toHaveLength(1);
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('is refused for a quote that is still being made', async () => {
      const { ref } = await open().requestQuote(request);
      await expect(
        open().submitOrder({ poNumber: 'PO-1', quoteRef: ref, deliverTo: 'dc-nyc-01' }),
      ).resolves.toMatchObject({ outcome: 'refused' });
    });

    it('is cancelled before production, is too late after it, and an unknown one counts as cancelled', async () => {
      const early = await ordered('PO-early');
      await expect(open().cancelOrder(early, 'no longer wanted')).resolves.toEqual({ outcome: 'cancelled' });
      await expect(open().cancelOrder(early, 'no longer wanted')).resolves.toEqual({ outcome: 'cancelled' });
      await expect(open().cancelOrder('PO-never', 'no longer wanted')).resolves.toEqual({ outcome: 'cancelled' });
      await deps.time.pass(orderTimes.shipped);
      await expect(open().readOrder(early)).resolves.toMatchObject({ outcome: 'cancelled' });
      await expect(open().readOrder('PO-never')).resolves.toEqual({ outcome: 'unknown' });
    });

    it('is too late to cancel once it is in production', async () => {
      const poNumber = await ordered();
      await deps.time.pass(orderTimes.producing);
      await expect(open().cancelOrder(poNumber, 'no longer wanted')).resolves.toMatchObject({
        outcome: 'too-late',
        reason: expect.any(String),
      });
    });

    it('tells a part shipment from the whole', async () => {
      state().shipsInParts = true;
      const poNumber = await ordered();
      await deps.time.pass(orderTimes.shipped);
      await expect(open().readOrder(poNumber)).resolves.toMatchObject({
        outcome: 'shipped',
        isComplete: false,
        notices: [{ items: [{}] }],
      });
      await deps.time.pass(orderTimes.rest);
      await expect(open().readOrder(poNumber)).resolves.toMatchObject({
        outcome: 'shipped',
        isComplete: true,
        notices: [{}, {}],
      });
    });
  });

  describe('a return', () => {
    it('is authorised once per key, for machines this order delivered', async () => {
      const poNumber = await ordered();
      await deps.time.pass(orderTimes.shipped);
      const order = await open().readOrder(poNumber);
      const serials =
        order.outcome === 'shipped' ? order.notices.flatMap((notice) => notice.items.map((item) => item.serial)) : [];
      const back = { returnId: 'ret_01', poNumber, serials: serials.slice(0, 1), reason: 'damaged in transit' };
      spoil(quoting.vendor === 'hpe' ? 'POST' : 'PUT', quoting.paths.returns, 'lost-answer');
      const first = await open()
        .requestReturn(back)
        .catch(() => open().requestReturn(back));
      expect(first).toMatchObject({ outcome: 'accepted' });
      await expect(open().requestReturn(back)).resolves.toEqual(first);
      await expect(open().requestReturn({ ...back, returnId: 'ret_02', serials: ['NOTOURS'] })).resolves.toMatchObject({
        outcome: 'refused',
        reason: expect.stringContaining('NOTOURS'),
      });
      expect(state().returns).toHaveLength(1);
    });
  });

  describe('the way in', () => {
    it('logs in again when the desk refuses the token', async () => {
      const quoting = open();
      const { ref } = await quoting.requestQuote(request);
      state().tokens = {};
      await expect(quoting.readQuote(ref)).resolves.toEqual({ outcome: 'pending' });
      expect(deps.count('POST', /oauth/)).toBe(2);
    });
  });
}
