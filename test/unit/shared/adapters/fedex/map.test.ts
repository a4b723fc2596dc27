import { describe, expect, it } from '@jest/globals';
import { toTracking } from '../../../../../shared/adapters/fedex/map.ts';
import { fedexMarks } from '../../../../../shared/adapters/fedex/marks.ts';
import { upsMarks } from '../../../../../shared/adapters/ups/marks.ts';

describe("FedEx's words", () => {
  it.each([
    ['OC', 'label-created'],
    ['IN', 'label-created'],
    ['PU', 'in-transit'],
    ['IT', 'in-transit'],
    ['HL', 'in-transit'],
    ['OD', 'out-for-delivery'],
    ['DL', 'delivered'],
    ['DE', 'exception'],
    ['CA', 'exception'],
    ['QQ', 'unknown'],
  ])('reads the code %s as %s', (code, status) => {
    expect(toTracking({ latestStatusDetail: { code } }).status).toBe(status);
  });

  it('believes the summary before the code that it sums up', () => {
    expect(toTracking({ latestStatusDetail: { code: 'AR', derivedCode: 'OD' } }).status).toBe('out-for-delivery');
    expect(toTracking({ latestStatusDetail: { code: 'AR', derivedCode: 'NEW' } }).status).toBe('in-transit');
  });

  it('knows nothing of a parcel that FedEx does not know', () => {
    expect(toTracking(undefined)).toEqual({ status: 'unknown' });
    expect(toTracking({ error: { code: 'TRACKING.TRACKINGNUMBER.NOTFOUND' } })).toEqual({ status: 'unknown' });
  });

  it('reads moments in UTC, and of one without an offset the day alone', () => {
    const at = (type: string, dateTime: string) =>
      toTracking({ latestStatusDetail: { code: 'DL' }, dateAndTimes: [{ type, dateTime }] });
    expect(at('ACTUAL_DELIVERY', '2026-11-02T23:20:00-06:00')).toMatchObject({
      deliveredAt: '2026-11-03T05:20:00.000Z',
    });
    expect(at('ACTUAL_DELIVERY', '2026-11-02T23:20:00')).toMatchObject({ deliveredAt: '2026-11-02' });
    expect(at('ESTIMATED_DELIVERY', '2026-11-04')).toMatchObject({ estimatedArrival: '2026-11-04' });
    expect(at('ACTUAL_DELIVERY', 'soon')).toEqual({ status: 'delivered' });
  });

  it('prefers an estimate to what was promised when it was sent', () => {
    expect(
      toTracking({
        dateAndTimes: [
          { type: 'COMMITMENT', dateTime: '2026-11-04' },
          { type: 'ESTIMATED_DELIVERY', dateTime: '2026-11-05' },
        ],
      }),
    ).toMatchObject({ estimatedArrival: '2026-11-05' });
  });
});

describe("FedEx's marks", () => {
  it.each(['748910000001', '020207021381215', '61299998820821171811', '9261290100130739740071'])(
    'know the number %s, which UPS would not give',
    (number) => {
      expect(fedexMarks.numbers.test(number)).toBe(true);
      expect(upsMarks.numbers.test(number)).toBe(false);
    },
  );

  it.each(['FedEx', 'fedex ground', 'Federal Express', 'FDXE'])('know the name %s', (name) => {
    expect(fedexMarks.calledBy.test(name)).toBe(true);
  });
});
