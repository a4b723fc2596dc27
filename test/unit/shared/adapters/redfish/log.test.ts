import { describe, expect, it } from '@jest/globals';
import { LogEntry } from '../../../../../shared/adapters/redfish/contract.ts';
import { codeOf, isAudit, toLogEntry, toTime } from '../../../../../shared/adapters/redfish/map-log.ts';
import { LogEntry as Entry } from '../../../../../shared/facts/telemetry.ts';

const entry = (body: object) => LogEntry.parse({ Id: '1', Message: 'It happened.', ...body });

describe('when something was logged', () => {
  it.each([
    ['2024-06-11T00:13:00-05:00', '2024-06-11T05:13:00.000Z'],
    ['2024-06-11T00:13:00-0600', '2024-06-11T06:13:00.000Z'],
    ['2025-05-13T14:39:02Z', '2025-05-13T14:39:02.000Z'],
    ['2024-07-18T22:01:27.954+00:00', '2024-07-18T22:01:27.954Z'],
    ['2024-07-18T22:01:27', '2024-07-18T22:01:27.000Z'],
    ['2024-07-18T22:01:27.123456+02:00', '2024-07-18T20:01:27.123Z'],
    ['0000-00-00T00:00:00', undefined],
    ['1970-01-01T00:05:12Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [undefined, undefined],
    ['+275760-09-13T00:00:01Z', undefined],
    ['20110.1', undefined],
    ['9999-12-31T23:59:59-05:00', undefined],
    ['Jun 3 2024', undefined],
  ])('%s is %s', (text, time) => {
    expect(toTime(text)).toBe(time);
  });
});

describe('a log entry', () => {
  it.each([
    [{ MessageId: 'IDRAC.2.8.PSU0003' }, 'PSU0003'],
    [{ MessageId: '17.10', Oem: { Hpe: { Class: 17, Code: 10 } } }, '17.10'],
    [{ Oem: { Lenovo: { CommonEventID: 'FQXSPNM4000I' } } }, 'FQXSPNM4000I'],
    [{ MessageId: '7e012790' }, '7e012790'],
    [{ MessageId: 'OpenBMC.0.1.PowerSupplyFanFailed' }, 'PowerSupplyFanFailed'],
    [{}, undefined],
  ])('%j has the code %s', (body, code) => {
    expect(codeOf(entry(body))).toBe(code);
  });

  it('is as bad as it says; what HPE calls repaired is so no longer', () => {
    expect(
      ['OK', 'Warning', 'Critical', 'Splendid', undefined].map(
        (Severity) => toLogEntry(entry({ Severity }), undefined).severity,
      ),
    ).toEqual(['ok', 'warning', 'critical', 'unknown', 'unknown']);
    expect(toLogEntry(entry({ Severity: 'Critical', Oem: { Hpe: { Repaired: true } } }), undefined).severity).toBe(
      'ok',
    );
  });

  it("has the vendor's advice: HPE's own, the standard's, or from the registry", () => {
    expect(
      [
        toLogEntry(entry({ Oem: { Hpe: { RecommendedAction: 'Replace it.' } } }), 'b'),
        toLogEntry(entry({ Resolution: 'Reseat it.' }), 'b'),
        toLogEntry(entry({}), 'b'),
        toLogEntry(entry({}), undefined),
      ].map(({ action }) => action),
    ).toEqual(['Replace it.', 'Reseat it.', 'b', undefined]);
  });

  it("is what our words allow, whatever is missing or odd in the vendor's part", () => {
    for (const body of [{}, { Id: null, Message: null }, { Oem: { Hpe: 'x', Dell: [], Lenovo: 7 } }, { Oem: null }])
      Entry.parse(toLogEntry(LogEntry.parse(body), undefined));
  });

  it('that tells of people is not one of the machine', () => {
    expect([
      isAudit(entry({ Oem: { Dell: { Category: 'Audit' } } })),
      isAudit(entry({ Oem: { Dell: { Category: 'System Health' } } })),
      isAudit(entry({})),
    ]).toEqual([true, false, false]);
  });
});
