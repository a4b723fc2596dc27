import { expect, it } from '@jest/globals';
import { readTestedLink } from '../../../../../shared/facts/host-inventory/link-test.ts';

it.each([
  [
    'passed',
    '25000 Mb/s, 0 of 200 packets lost, 0 errors counted',
    { hasPassed: true, isUp: true, speedMbps: 25_000, sent: 200, lost: 0, errors: 0 },
  ],
  [
    'failed',
    'unknown Mb/s, 20 of 200 packets lost, 12 errors counted',
    { hasPassed: false, isUp: true, sent: 200, lost: 20, errors: 12 },
  ],
  ['failed', 'no link', { hasPassed: false, isUp: false }],
  ['failed', 'the port was unplugged', { hasPassed: false }],
] as const)('reads what the image says of a port that %s: %s', (outcome, evidence, read) => {
  expect(readTestedLink({ subject: 'ens1f0', outcome, evidence })).toEqual({ port: 'ens1f0', said: evidence, ...read });
});
