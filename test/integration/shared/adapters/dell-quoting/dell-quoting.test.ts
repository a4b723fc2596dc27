import { describe, expect, it } from '@jest/globals';
import { createDellQuoting } from '../../../../../shared/adapters/dell-quoting/client.ts';
import { toQuoteAnswer } from '../../../../../shared/adapters/dell-quoting/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { quotingSuite } from '../../../../kit/quoting-suite.ts';
import { dellAccount, dellSimulator } from '../../../../simulators/dell/dell.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { upsSimulator } from '../../../../simulators/ups/ups.ts';

const deps = useLab(dellSimulator as unknown as Simulator<never>, upsSimulator as unknown as Simulator<never>);

quotingSuite(
  deps,
  {
    vendor: 'dell',
    model: 'PowerEdge R760',
    manufacturer: 'Dell Inc.',
    serial: /^[0-9A-Z]{7}$/,
    currency: 'USD',
    paths: { quotes: 'v1/quotes$', orders: 'purchase-orders', returns: 'returns' },
  },
  () =>
    createDellQuoting({
      baseUrl: deps.url('dell'),
      clientId: dellAccount.clientId,
      clientSecret: new Secret(dellAccount.clientSecret),
      clock: deps.time,
    }),
);

describe("Dell's words", () => {
  it('reads an amount that no floating-point number holds exactly, and business days as calendar days', () => {
    const answer = toQuoteAnswer({
      QuoteId: '3000.1',
      State: 'Ready',
      Total: { Value: 48211.07, Currency: 'USD' },
      ExpiresAt: 1_795_000_000,
      ShipsInBusinessDays: 10,
      LineItems: [{ Model: 'PowerEdge R760' }, { Model: 'PowerEdge R660' }],
    });
    expect(answer).toMatchObject({
      quote: { totalMinor: 4_821_107, leadTimeDays: 14, model: 'PowerEdge R760 + PowerEdge R660' },
    });
  });

  it('waits for a state it has never heard of', () => {
    expect(toQuoteAnswer({ QuoteId: '3000.1', State: 'Escalated' })).toEqual({ outcome: 'pending' });
  });
});
