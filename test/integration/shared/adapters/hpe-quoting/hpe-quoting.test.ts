import { describe, expect, it } from '@jest/globals';
import { createHpeQuoting } from '../../../../../shared/adapters/hpe-quoting/client.ts';
import { minorOf, toQuoteAnswer } from '../../../../../shared/adapters/hpe-quoting/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { quotingSuite } from '../../../../kit/quoting-suite.ts';
import { hpeAccount, hpeSimulator } from '../../../../simulators/hpe/hpe.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { upsSimulator } from '../../../../simulators/ups/ups.ts';

const deps = useLab(hpeSimulator as unknown as Simulator<never>, upsSimulator as unknown as Simulator<never>);

quotingSuite(
  deps,
  {
    vendor: 'hpe',
    model: 'ProLiant DL380 Gen11',
    manufacturer: 'HPE',
    serial: /^CZ26[0-9A-Z]{6}$/,
    currency: 'USD',
    paths: { quotes: 'quote-requests$', orders: 'v2/orders$', returns: 'returns' },
  },
  () =>
    createHpeQuoting({
      baseUrl: deps.url('hpe'),
      clientId: hpeAccount.clientId,
      clientSecret: new Secret(hpeAccount.clientSecret),
      clock: deps.time,
    }),
);

describe("HPE's words", () => {
  it.each([
    ['48211.5', 4_821_150],
    ['48211', 4_821_100],
    ['0.07', 7],
    ['1.10', 110],
  ])('reads the amount %s without passing through a floating-point number', (text, minor) => {
    expect(minorOf(text)).toBe(minor);
  });

  it('waits for a status it has never heard of', () => {
    expect(toQuoteAnswer({ quoteRequestId: 'QR-1', clientReference: 'quo_01', status: 'WITH_LEGAL' })).toEqual({
      outcome: 'pending',
    });
  });
});
