import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timeZone, zonedIso } from '../../../../../runtime/core/time-zone.ts';
import { parseSchedule } from '../../../../../runtime/triggers/timer/schedule.ts';

function occurrences(schedule: string, zoneName: string, after: string, count: number): string[] {
  const zone = timeZone(zoneName);
  const { next } = parseSchedule(schedule, zone);
  let at = Date.parse(after);
  return Array.from({ length: count }, () => zonedIso(zone, (at = next(at))));
}
const inUtc = (schedule: string, after: string, count: number) =>
  occurrences(schedule, 'UTC', after, count).map((text) => text.slice(0, 19));

describe('NCRONTAB', () => {
  it.each([
    ['0 */5 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:05:00', '2026-01-01T00:10:00']],
    ['*/5 * * * *', '2026-01-01T00:00:30Z', ['2026-01-01T00:05:00', '2026-01-01T00:10:00']],
    [
      '30 5/20 9 * * *',
      '2026-01-01T00:00:00Z',
      ['2026-01-01T09:05:30', '2026-01-01T09:25:30', '2026-01-01T09:45:30', '2026-01-02T09:05:30'],
    ],
    ['0 0 22-20 * * *', '2026-01-01T00:00:00Z', ['2026-01-01T20:00:00', '2026-01-01T21:00:00', '2026-01-01T22:00:00']],
    ['0 0 9 * jan-Mar mon', '2026-01-01T00:00:00Z', ['2026-01-05T09:00:00', '2026-01-12T09:00:00']],
    [
      '0 0 0 13 * Friday',
      '2026-01-01T00:00:00Z',
      ['2026-02-13T00:00:00', '2026-03-13T00:00:00', '2026-11-13T00:00:00'],
    ],
    ['0 0 0 29 2 1', '2026-01-01T00:00:00Z', ['2044-02-29T00:00:00']],
  ])('%s', (schedule, after, expected) => {
    expect(inUtc(schedule, after, expected.length)).toEqual(expected);
  });

  it.each([
    ['0 0 24 * * *', /hour/],
    ['0 0 0 0 * *', /day/],
    ['0 0 0 * * 7', /day of week/],
    ['0 0/0 * * * *', /minute/],
    ['0 0 0 31 4 *', /never happens/],
    ['@daily', /1 fields/],
    ['0 0 0 L * *', /day/],
    ['24:00:00', /hh:mm:ss/],
    ['00:00:00', /no time/],
  ])('refuses %s and says why', (schedule, why) => {
    expect(() => parseSchedule(schedule, timeZone('UTC'))).toThrow(why);
  });

  it('finds what a second-by-second search finds', () => {
    const field = (from: number, to: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: from, max: to }).map(String),
        fc
          .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: 1, max: 15 }))
          .map(([start, step]) => `${start}/${step}`),
      );
    const schedules = fc.tuple(
      field(0, 59),
      field(0, 59),
      fc.constantFrom('*', '3', '4,3'),
      fc.constant('*'),
      fc.constant('*'),
      fc.constantFrom('*', '1-5', '0'),
    );
    fc.assert(
      fc.property(
        schedules,
        fc.integer({ min: 0, max: 6 * 86_400 }),
        ([second, minute, hour, day, month, weekday], start) => {
          const from = Date.parse('2026-01-01T00:00:00Z') + start * 1000;
          const found = parseSchedule([second, minute, hour, day, month, weekday].join(' '), timeZone('UTC')).next(
            from,
          );
          const handlers = (text: string, value: number, most: number): boolean =>
            text.split(',').some((item) => {
              const [range = '', step] = item.split('/');
              const [first = 0, last = first] = range === '*' ? [0, most] : range.split('-').map(Number);
              return step === undefined
                ? value >= first && value <= last
                : value >= first && (value - first) % Number(step) === 0;
            });
          const matches = (at: Date) =>
            handlers(second, at.getUTCSeconds(), 59) &&
            handlers(minute, at.getUTCMinutes(), 59) &&
            handlers(hour, at.getUTCHours(), 23) &&
            handlers(weekday, at.getUTCDay(), 6);
          expect(matches(new Date(found))).toBe(true);
          // Nothing is passed over: look at each second of the last ten minutes before.
          for (let at = Math.max(from + 1000, found - 600_000); at < found; at += 1000)
            if (matches(new Date(at))) throw new Error(`passed over ${new Date(at).toISOString()}`);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('daylight saving', () => {
  const pacific = 'America/Los_Angeles';

  it('goes on with an interval through both passes of the repeated hour', () => {
    expect(occurrences('0 */30 * * * *', pacific, '2018-11-04T00:45:00-07:00', 6)).toEqual([
      '2018-11-04T01:00:00-07:00',
      '2018-11-04T01:30:00-07:00',
      '2018-11-04T01:00:00-08:00',
      '2018-11-04T01:30:00-08:00',
      '2018-11-04T02:00:00-08:00',
      '2018-11-04T02:30:00-08:00',
    ]);
  });
  it('runs a point in time in the first pass only', () => {
    expect(occurrences('0 30 1 * * *', pacific, '2018-11-03T12:00:00-07:00', 2)).toEqual([
      '2018-11-04T01:30:00-07:00',
      '2018-11-05T01:30:00-08:00',
    ]);
  });
  it('takes a point in time for done when the host starts in the second pass', () => {
    expect(occurrences('0 30 1 * * *', pacific, '2018-11-04T01:29:00-08:00', 1)).toEqual(['2018-11-05T01:30:00-08:00']);
  });
  it('runs an hour later what the clock jumped over', () => {
    expect(occurrences('0 30 2 * * *', pacific, '2018-03-10T12:00:00-08:00', 2)).toEqual([
      '2018-03-11T03:30:00-07:00',
      '2018-03-12T02:30:00-07:00',
    ]);
  });
  it('leaves no gap in an interval when the clock jumps forward', () => {
    expect(occurrences('0 */30 * * * *', pacific, '2018-03-11T01:15:00-08:00', 3)).toEqual([
      '2018-03-11T01:30:00-08:00',
      '2018-03-11T03:00:00-07:00',
      '2018-03-11T03:30:00-07:00',
    ]);
  });
  it('keeps the wall-clock hour across seasons in Berlin', () => {
    expect(occurrences('0 0 7 28-30 3 *', 'Europe/Berlin', '2026-03-01T00:00:00Z', 3)).toEqual([
      '2026-03-28T07:00:00+01:00',
      '2026-03-29T07:00:00+02:00',
      '2026-03-30T07:00:00+02:00',
    ]);
  });
  it('works where the clock moves by half an hour', () => {
    expect(occurrences('0 45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-05T01:45:00+11:00',
      '2026-04-06T01:45:00+10:30',
    ]);
  });
  it('counts a time span in real hours', () => {
    expect(occurrences('1.00:00:00', pacific, '2018-11-03T12:00:00-07:00', 2)).toEqual([
      '2018-11-04T11:00:00-08:00',
      '2018-11-05T11:00:00-08:00',
    ]);
  });
  it('never stands still or goes back', () => {
    const schedules = fc.constantFrom(
      '0 */7 * * * *',
      '0 15 1,2 * * *',
      '0 30 1-3 * * *',
      '0 0 */6 * * *',
      '0 5,35 2 * * 0',
    );
    fc.assert(
      fc.property(
        schedules,
        fc.constantFrom(pacific, 'Europe/Berlin', 'Australia/Lord_Howe'),
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        (schedule, zone, minutes) => {
          const { next } = parseSchedule(schedule, timeZone(zone));
          const from = Date.parse('2026-01-01T00:00:00Z') + minutes * 60_000;
          const first = next(from);
          expect(first).toBeGreaterThan(from);
          expect(next(first)).toBeGreaterThan(first);
        },
      ),
      { numRuns: 300 },
    );
  });
});
