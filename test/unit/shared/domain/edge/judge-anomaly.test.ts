import { describe, expect, it } from '@jest/globals';
import type { Anomaly } from '../../../../../shared/domain/edge/edge.api.ts';
import { judgeAnomaly } from '../../../../../shared/domain/edge/judge-anomaly.ts';
import { MacAddress } from '../../../../../shared/facts/server.ts';

const mac = MacAddress.parse('5c:ed:8c:00:00:01');
const judge = (anomaly: Anomaly) => judgeAnomaly(anomaly, mac);

describe('an anomaly', () => {
  it.each<[string, Anomaly, string]>([
    ['one MAC in two places', { kind: 'duplicate-mac', circuits: ['Eth2', 'Eth1'] }, `duplicate-mac/${mac}/Eth1/Eth2`],
    ['a move', { kind: 'moved', from: 'Eth1', to: 'Eth2' }, `moved/${mac}/Eth1/Eth2`],
    ['a swapped board', { kind: 'swapped-board', circuitId: 'Eth1' }, `swapped-board/${mac}/Eth1`],
    [
      'a BMC outside the management network',
      { kind: 'outside-prefixes', address: '192.0.2.1', prefixes: ['10.20.0.0/16'] },
      `outside-prefixes/${mac}/192.0.2.1`,
    ],
  ])('of %s is inspected, each case once', (_name, anomaly, expected) => {
    expect(judge(anomaly).inspection?.case).toBe(expected);
  });

  it('is the same case whichever of the two switch ports was seen last', () => {
    expect(judge({ kind: 'duplicate-mac', circuits: ['Eth1', 'Eth2'] })).toEqual(
      judge({ kind: 'duplicate-mac', circuits: ['Eth2', 'Eth1'] }),
    );
  });

  it.each<[string, Anomaly]>([
    ['a bond', { kind: 'bonded', circuits: ['Eth1', 'Eth2'] }],
    ['a virtual address', { kind: 'unexpected-origin', circuitId: 'Eth1', reason: 'it is locally administered' }],
    ['an unreadable report', { kind: 'unreadable-report', reason: 'The body is not JSON.' }],
  ])('of %s is recorded and sends nobody', (_name, anomaly) => {
    expect(judge(anomaly)).toEqual({ what: expect.stringContaining(mac) });
  });
});
