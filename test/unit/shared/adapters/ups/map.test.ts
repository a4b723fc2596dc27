import { describe, expect, it } from '@jest/globals';
import { toTracking } from '../../../../../shared/adapters/ups/map.ts';

describe("UPS's words", () => {
  it.each([
    ['M', 'label-created'],
    ['P', 'in-transit'],
    ['I', 'in-transit'],
    ['O', 'out-for-delivery'],
    ['D', 'delivered'],
    ['X', 'exception'],
    ['RS', 'exception'],
    ['QQ', 'unknown'],
  ])('reads the type %s as %s', (type, status) => {
    expect(toTracking({ currentStatus: { type } }).status).toBe(status);
  });

  it('knows nothing of a parcel UPS says nothing of', () => {
    expect(toTracking(undefined)).toEqual({ status: 'unknown' });
    expect(toTracking({})).toEqual({ status: 'unknown' });
  });

  it('believes the latest scan where the current status is missing', () => {
    expect(
      toTracking({ activity: [{ status: { type: 'O', description: 'Out For Delivery' } }, { status: { type: 'I' } }] }),
    ).toEqual({ status: 'out-for-delivery', lastEvent: 'Out For Delivery' });
  });

  it('prefers a rescheduled day to the scheduled one', () => {
    expect(
      toTracking({
        currentStatus: { type: 'I' },
        deliveryDate: [
          { type: 'SDD', date: '20261120' },
          { type: 'RDD', date: '20261122' },
        ],
      }),
    ).toMatchObject({ estimatedArrival: '2026-11-22' });
  });

  it.each([
    ['74700', '2026-11-20T07:47:00Z'],
    ['07:47:00', '2026-11-20T07:47:00Z'],
    ['174700', '2026-11-20T17:47:00Z'],
    ['soon', '2026-11-20'],
  ])('reads a delivery at %s', (gmtTime, deliveredAt) => {
    expect(
      toTracking({ currentStatus: { type: 'D' }, activity: [{ date: '20261120', gmtDate: '20261120', gmtTime }] }),
    ).toMatchObject({ deliveredAt });
  });
});
