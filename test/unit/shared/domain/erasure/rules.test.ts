import { describe, expect, it } from '@jest/globals';
import { certificateOf, EraseCertificate } from '../../../../../shared/domain/erasure/certificate.ts';
import {
  judgeErasure,
  knownDrives,
  whatIsLeft,
  type DriveList,
  type EraseResult,
} from '../../../../../shared/domain/erasure/rules.ts';

const bmc = (...drives: DriveList['drives']): DriveList => ({ source: 'bmc', drives });
const image = (...drives: DriveList['drives']): DriveList => ({ source: 'validation-image', drives });
const nvme = (serial: string, name = `Bay of ${serial}`) => ({ serial, name, media: 'nvme' as const });
const erased = (serial: string, method: string | null = 'BlockErase'): EraseResult => ({
  serial,
  method,
  isProved: true,
  evidence: 'read back',
});
const judge = (lists: readonly DriveList[], ...results: EraseResult[]) => judgeErasure(knownDrives(lists), results, []);
const outcomes = ({ drives }: ReturnType<typeof judge>) => drives.map(({ serial, outcome }) => [serial, outcome]);

describe('the drives that have to be erased', () => {
  it('are those that anybody has named, each once', () => {
    const known = knownDrives([
      bmc(nvme('S1', 'Bay 0'), nvme('S2', 'Bay 1')),
      image(nvme('s1 ', 'nvme0n1'), nvme('S3', 'nvme1n1')),
      { source: 'ship-notice', drives: [{ serial: 'S2', name: 'slot 2' }] },
      { source: 'erase-report', drives: [{ serial: 'S4', name: 'Bay 3' }] },
    ]);
    expect(known.map(({ serial, name, knownFrom }) => [serial, name, knownFrom])).toEqual([
      ['S1', 'Bay 0', ['bmc', 'validation-image']],
      ['S2', 'Bay 1', ['bmc', 'ship-notice']],
      ['S3', 'nvme1n1', ['validation-image']],
      ['S4', 'Bay 3', ['erase-report']],
    ]);
  });

  it('are two where one list has a serial number twice, and not four where two lists have', () => {
    const pair = [
      { serial: 'SAME', name: 'a' },
      { serial: 'SAME', name: 'b' },
    ];
    expect(knownDrives([bmc(...pair), image(...pair)])).toHaveLength(2);
    expect(outcomes(judge([bmc(...pair)], erased('SAME')))).toEqual([
      ['SAME', 'erased'],
      ['SAME', 'not-erased'],
    ]);
    expect(judge([bmc(...pair)], erased('SAME'), erased('SAME')).isComplete).toBe(true);
  });

  it('take their kind from whoever knows it', () => {
    expect(knownDrives([bmc({ serial: 'S1', name: 'Bay 0' }), image(nvme('S1'))])).toMatchObject([{ media: 'nvme' }]);
  });
});

describe('an erasure', () => {
  it('is complete when each drive has ended erased, with evidence', () => {
    const erasure = judge([bmc(nvme('S1'), nvme('S2')), image(nvme('S1'), nvme('S2'))], erased('S2'), erased('S1'));
    expect(erasure).toMatchObject({
      isComplete: true,
      drives: [
        { serial: 'S1', outcome: 'erased', evidence: 'read back' },
        { serial: 'S2', outcome: 'erased' },
      ],
    });
  });

  it.each([
    [
      'that the management controller does not show',
      [bmc(nvme('S1')), image(nvme('S1'), nvme('S2'))],
      [erased('S1')],
      'S2 (the management controller does not show it; the validation image named it)',
    ],
    [
      'that only an earlier report has named',
      [bmc(nvme('S1')), { source: 'erase-report', drives: [nvme('S2')] }],
      [erased('S1')],
      'S2 (the management controller does not show it; an earlier erase report named it)',
    ],
    ['that is shown and not erased', [bmc(nvme('S1'), nvme('S2'))], [erased('S1')], 'S2 (nobody has erased it)'],
    [
      'whose end was not proved',
      [bmc(nvme('S1'), nvme('S2'))],
      [erased('S1'), { ...erased('S2'), isProved: false, evidence: 'its task is gone' }],
      'S2 (its task is gone)',
    ],
    [
      'that has no serial number',
      [bmc(nvme('S1')), image(nvme('S1'), { name: 'sdb' })],
      [erased('S1')],
      'sdb (no serial number) (the management controller does not show it; the validation image named it)',
    ],
  ] as const)('is not complete with a drive %s, and says which and why', (_what, lists, results, left) => {
    const erasure = judge(lists as readonly DriveList[], ...results);
    expect([erasure.isComplete, whatIsLeft(erasure.drives)]).toEqual([
      false,
      `no proof that these drives are erased: ${left}`,
    ]);
  });

  it('of no drive at all is not complete', () => {
    expect(judge([bmc()])).toMatchObject({ isComplete: false });
  });

  it('counts for a drive that nobody had named as well', () => {
    expect(outcomes(judge([bmc(nvme('S1'))], erased('S1'), erased('S9')))).toEqual([
      ['S1', 'erased'],
      ['S9', 'erased'],
    ]);
  });

  describe('of a machine from which a drive was taken', () => {
    const statement = { drive: 'S2', reason: 'shredded, batch 12', by: 'ops', at: '2026-11-02' };
    const lists = [bmc(nvme('S1')), image(nvme('S1'), nvme('S2'))];

    it('is complete once a person has said where it went', () => {
      const erasure = judgeErasure(knownDrives(lists), [erased('S1')], [statement]);
      expect(erasure).toMatchObject({
        isComplete: true,
        drives: [
          { outcome: 'erased' },
          {
            serial: 'S2',
            outcome: 'accounted-for',
            evidence: 'ops, 2026-11-02: shredded, batch 12',
            method: null,
            category: null,
          },
        ],
      });
    });

    it('takes nobody’s word for a drive that the management controller shows', () => {
      expect(outcomes(judgeErasure(knownDrives([bmc(nvme('S1'), nvme('S2'))]), [erased('S1')], [statement]))).toEqual([
        ['S1', 'erased'],
        ['S2', 'not-erased'],
      ]);
    });

    it('takes it for no other drive', () => {
      expect(
        judgeErasure(
          knownDrives([...lists, { source: 'erase-report', drives: [nvme('S3')] }]),
          [erased('S1')],
          [statement],
        ).isComplete,
      ).toBe(false);
    });
  });
});

describe('what was reached', () => {
  it.each([
    ['CryptographicErase', 'nvme', 'purge', ['encryption', 'samples']],
    ['CryptographicErase', undefined, 'purge', ['encryption', 'samples']],
    ['BlockErase', 'nvme', 'purge', ['samples']],
    ['BlockErase', 'ssd', 'purge', ['samples']],
    ['BlockErase', 'hdd', null, ['samples']],
    ['BlockErase', undefined, null, ['samples']],
    ['Overwrite', 'ssd', 'clear', ['samples']],
    ['Overwrite', 'hdd', 'clear', ['samples']],
    ['PSIDRevert', 'ssd', null, ['samples']],
    [null, 'nvme', null, ['method', 'samples']],
  ] as const)('by %s on %s is %s', (method, media, category, unverified) => {
    expect(judge([bmc({ serial: 'S1', name: 'Bay 0', media })], erased('S1', method))).toMatchObject({
      category,
      drives: [{ method, category, unverified }],
    });
  });

  it('on the whole server is the least that was reached on any drive', () => {
    const drives = bmc(nvme('S1'), nvme('S2'), nvme('S3'));
    expect(judge([drives], erased('S1'), erased('S2'), erased('S3')).category).toBe('purge');
    expect(judge([drives], erased('S1'), erased('S2', 'Overwrite'), erased('S3')).category).toBe('clear');
    expect(judge([drives], erased('S1'), erased('S2', 'Overwrite'), erased('S3', null)).category).toBeNull();
  });

  it('leaves open whether there are more drives where the validation image has listed none', () => {
    expect(judge([bmc(nvme('S1'))], erased('S1')).unverified).toContain('drive-list');
    expect(judge([bmc(nvme('S1')), image(nvme('S1'))], erased('S1')).unverified).not.toContain('drive-list');
  });
});

describe('the certificate', () => {
  const about = {
    proofId: 'prf_1',
    serverId: 'srv_1',
    serial: 'X1',
    erasedAt: '2026-11-02T08:00:00.000Z',
    sagaId: 'decommission-server-dec_1',
  };

  it('says what was done to each drive, and no category that was not derived from it', () => {
    const erasure = judgeErasure(
      knownDrives([bmc(nvme('S1', 'Bay 0'), nvme('S2', 'Bay 1')), image(nvme('S1'), nvme('S3', 'nvme2n1'))]),
      [erased('S1', 'Overwrite'), erased('S2', null)],
      [{ drive: 'S3', reason: 'returned to the vendor', by: 'ops', at: '2026-11-01' }],
    );
    const certificate = certificateOf(erasure, about);
    expect(certificate).toEqual({
      ...about,
      standard: 'NIST SP 800-88 Rev. 2',
      category: null,
      unverified: ['samples', 'method'],
      drives: [
        {
          serial: 'S1',
          name: 'Bay 0',
          knownFrom: ['bmc', 'validation-image'],
          method: 'Overwrite',
          category: 'clear',
          isVerified: true,
          evidence: 'read back',
          unverified: ['samples'],
        },
        {
          serial: 'S2',
          name: 'Bay 1',
          knownFrom: ['bmc'],
          method: 'not named',
          category: null,
          isVerified: true,
          evidence: 'read back',
          unverified: ['method', 'samples'],
        },
      ],
      accountedFor: [
        {
          serial: 'S3',
          name: 'nvme2n1',
          knownFrom: ['validation-image'],
          evidence: 'ops, 2026-11-01: returned to the vendor',
        },
      ],
    });
    expect(EraseCertificate.parse(certificate)).toEqual(certificate);
  });
});
