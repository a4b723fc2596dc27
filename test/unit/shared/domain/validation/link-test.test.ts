import { describe, expect, it } from '@jest/globals';
import { expectationOf } from '../../../../../shared/domain/validation/expected.ts';
import type { Difference } from '../../../../../shared/domain/validation/finding.ts';
import { linkDifferences, untestedLinks } from '../../../../../shared/domain/validation/link-test.ts';
import { readTestedLink } from '../../../../../shared/facts/host-inventory/link-test.ts';
import { aCable, asOrdered, config, manifest, profile } from './kit.ts';

const cables = [aCable(1), aCable(2)];
const expected = expectationOf(
  { serial: 'SGH1', model: manifest.model, macs: manifest.macs, config, manifest },
  cables,
  profile,
);
const said = (
  port: number,
  {
    mbps = '100000',
    lost = 0,
    sent = port === 1 ? 200 : 0,
    errors = 0,
  }: { mbps?: string; lost?: number; sent?: number; errors?: number } = {},
) =>
  readTestedLink({
    subject: `ens1f${port}`,
    outcome: lost + errors > 0 ? 'failed' : 'passed',
    evidence: `${mbps} Mb/s, ${lost} of ${sent} packets lost, ${errors} errors counted`,
  });
const noLink = (port: number) => readTestedLink({ subject: `ens1f${port}`, outcome: 'failed', evidence: 'no link' });
const judged = (tested: ReturnType<typeof said>[], known: Pick<Difference, 'kind' | 'place'>[] = []) =>
  linkDifferences(tested, asOrdered, expected, known);

describe('a link that was tested', () => {
  it('and loses nothing is no finding; nor is a port without a cable that has no link', () => {
    expect(judged([said(1), said(2), noLink(3)])).toEqual([]);
  });

  it.each([
    [
      'loses packets',
      [said(1, { lost: 20 }), said(2)],
      {
        severity: 'major',
        place: 'NIC 1',
        found: 'packets get lost',
        hint: expect.stringContaining('20 of 200 packets were lost and 0 errors'),
      },
    ],
    [
      'loses one in a hundred',
      [said(1, { lost: 2 }), said(2)],
      { severity: 'minor', place: 'NIC 1', found: 'packets get lost' },
    ],
    [
      'counts errors, without an address',
      [said(1), said(2, { errors: 1 })],
      { severity: 'major', place: 'NIC 2', found: 'errors are counted' },
    ],
    [
      'does both',
      [said(1, { lost: 1, errors: 3 }), said(2)],
      { severity: 'major', place: 'NIC 1', found: 'packets get lost and errors are counted' },
    ],
    [
      'hears nothing back, though nothing is wrong with it',
      [said(1, { lost: 200 }), said(2)],
      {
        severity: 'minor',
        place: 'NIC 1',
        found: 'no packet comes back',
        hint: expect.stringContaining('answer pings'),
      },
    ],
    [
      'has gone down',
      [said(1), noLink(2)],
      { severity: 'major', place: 'NIC 2', expected: 'a link', found: 'no link' },
    ],
    [
      'has become slower',
      [said(1, { mbps: '10000' }), said(2)],
      { severity: 'major', place: 'NIC 1', expected: '100 Gbit/s', found: '10 Gbit/s' },
    ],
    ['is there no more', [said(1)], { severity: 'major', place: 'NIC 2', found: 'not tested' }],
    [
      'failed in words nobody knows',
      [said(1), readTestedLink({ subject: 'ens1f2', outcome: 'failed', evidence: 'its driver broke' })],
      {
        severity: 'major',
        place: 'NIC 2',
        found: 'it failed its test',
        hint: 'the validation image says: its driver broke',
      },
    ],
  ])('and %s is one, at the port as the inventory names it', (_what, tested, difference) => {
    expect(judged(tested)).toEqual([expect.objectContaining({ kind: 'link', ...difference })]);
  });

  it('says what the image has said, and of which cable', () => {
    expect(judged([said(1, { lost: 20 }), said(2)])[0]?.evidence).toEqual([
      { source: 'dcim', said: 'NIC 1 to leaf-1 Ethernet1/1' },
      {
        source: 'validation-image',
        said: '100000 Mb/s, 20 of 200 packets lost, 0 errors counted',
        where: 'link test, ens1f1',
      },
    ]);
  });

  it('is the same finding although another number of packets was lost', () => {
    const keyOf = ([difference]: Difference[]) => [difference?.place, difference?.expected, difference?.found];
    expect(keyOf(judged([said(1, { lost: 20 }), said(2)]))).toEqual(keyOf(judged([said(1, { lost: 31 }), said(2)])));
  });

  it.each([
    ['that it is down', noLink(2)],
    ['that it is slow', said(2, { mbps: '10000' })],
  ])('whose cable is known already has not said twice %s', (_what, link) => {
    expect(judged([said(1), link], [{ kind: 'cable', place: 'NIC 2' }])).toEqual([]);
    expect(judged([said(1), link], [{ kind: 'optic', place: 'NIC 2' }])).toHaveLength(1);
  });

  it('and loses packets over a cable that is known to be slow is another finding', () => {
    expect(judged([said(1, { mbps: '10000', lost: 50 }), said(2)], [{ kind: 'cable', place: 'NIC 1' }])).toMatchObject([
      { found: 'packets get lost' },
    ]);
  });
});

it('notes that no port has sent a packet, once for all of them', () => {
  expect(judged([said(1, { sent: 0 }), said(2)])).toEqual([
    expect.objectContaining({ kind: 'link', severity: 'minor', place: 'links', found: 'no packet was sent' }),
  ]);
});

it('is a finding of weight where nothing was tested', () => {
  expect(untestedLinks('the server is off')).toMatchObject({
    kind: 'link',
    severity: 'major',
    place: 'links',
    found: 'not tested',
    evidence: [{ said: 'the server is off' }],
  });
});
