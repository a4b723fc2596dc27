import { describe, expect, it } from '@jest/globals';
import { untrueBy } from '../../../../../shared/domain/proofs/hardware.ts';
import type { Proof } from '../../../../../shared/domain/proofs/proofs.db.ts';
import type { Drive, ServerFacts } from '../../../../../shared/facts/server.ts';

const proof = (kind: Proof['kind'], evidence: object): Proof => ({
  id: `prf_${kind}`,
  serverId: 'srv_1',
  kind,
  evidence: { ...evidence },
  madeBy: 'a-step',
  sagaId: null,
  stepKey: null,
  madeAt: '2026-11-02T08:00:00.000Z',
  voided: null,
});
const facts = (drives: readonly Drive[], more: Partial<ServerFacts> = {}): ServerFacts => ({
  source: 'validation-image',
  identity: { serial: 'X1' },
  drives: [...drives],
  ...more,
});
const drive = (serial: string | undefined, name = 'Bay 0'): Drive => ({
  name,
  ...(serial !== undefined && { serial }),
});

const erased = proof('erase-verified', {
  serial: 'X1',
  erasureId: null,
  category: null,
  unverified: [],
  drives: [
    ...['S1', 'S2'].map((serial) => ({ serial, outcome: 'erased' })),
    { serial: 'S3', outcome: 'accounted-for' },
  ].map((each) => ({
    name: 'Bay',
    knownFrom: [],
    method: null,
    category: null,
    evidence: '',
    unverified: [],
    ...each,
  })),
});
const factoryNew = proof('factory-new', {
  orderId: 'ord_1',
  serial: 'X1',
  shipNoticeSha256: null,
  drives: [
    { name: 'Bay 0', serial: 'S1', isInShipNotice: true },
    { name: 'Bay 1', serial: null, isInShipNotice: false },
  ],
});
const validated = proof('validated', {
  serial: 'X1',
  measuredAt: '2026-11-02T08:00:00.000Z',
  reportSha256: 'a'.repeat(64),
  imageJobs: [],
  drives: ['S1', 'Bay 1 (no serial number)'],
  macs: [],
  provedCables: [],
  statedCables: [],
  waivedFindings: [],
});
const notThere = (name: string) => `drive ${name} was not there when it was proved`;

describe('what a machine makes untrue', () => {
  it.each([
    [
      'nothing, while its drives are those that were erased, however they are written',
      [drive(' s1 '), drive('S2')],
      [],
    ],
    ['nothing, when a drive that was erased is gone', [drive('S1')], []],
    ['that it is erased, by a drive that was not', [drive('S1'), drive('S4')], [notThere('S4')]],
    ['that it is erased, by a drive that had left it', [drive('S1'), drive('S3')], [notThere('S3')]],
    ['that it is erased, by a drive without a serial number', [drive(undefined, 'sdb')], [notThere('sdb')]],
  ])('is %s', (_name, drives, reasons) => {
    const untrue = untrueBy(facts(drives), [erased]);
    expect(untrue.map(({ reason }) => reason)).toEqual(reasons);
    for (const { kinds } of untrue) expect(kinds).toEqual(['erase-verified', 'burned-in']);
  });

  it('is that it is new, by a drive that was not measured when it came', () => {
    expect(untrueBy(facts([drive('S1'), drive(undefined, 'Bay 1')]), [factoryNew])).toEqual([]);
    expect(untrueBy(facts([drive('S2')]), [factoryNew])).toMatchObject([{ kinds: ['factory-new', 'burned-in'] }]);
  });

  it('is nothing by a drive without a serial number that only its management controller lists', () => {
    expect(untrueBy(facts([drive('S1'), drive(undefined)], { source: 'redfish' }), [erased])).toEqual([]);
  });

  it('is its validation, by a drive that is gone from the image’s own list', () => {
    expect(untrueBy(facts([drive('S2')]), [validated])).toEqual([
      { kinds: ['validated'], reason: 'drive S1 is no longer there' },
    ]);
    expect(untrueBy(facts([], { source: 'redfish' }), [validated])).toEqual([]);
  });

  it('is its validation and its commissioning, by another serial number', () => {
    expect(untrueBy(facts([drive('S1')], { identity: { serial: 'X2' } }), [validated])).toMatchObject([
      { kinds: expect.arrayContaining(['validated', 'credentials-rotated', 'firmware-checked']) },
    ]);
  });

  it('is nothing of what was recorded before evidence was kept: nobody knows what it covered', () => {
    const before = proof('erase-verified', { recorded: 'before evidence was kept' });
    expect(untrueBy(facts([drive('S9')]), [before])).toEqual([]);
  });
});
