import { describe, expect, it } from '@jest/globals';
import { isPast, relativeTime } from '../../../../portal/src/ui/relative-time.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const at = (milliseconds: number) => new Date(now + milliseconds).toISOString();
const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

describe('a moment as people say it', () => {
  it.each([
    ['this moment', 0, 'now'],
    ['a clock that is a little ahead', 4 * second, 'now'],
    ['seconds', -42 * second, '42 seconds ago'],
    ['just under an hour', -59 * minute, '59 minutes ago'],
    ['more than an hour is not rounded up', -119 * minute, '1 hour ago'],
    ['hours to come', 23 * hour, 'in 23 hours'],
    ['a day', -25 * hour, 'yesterday'],
    ['days', -13 * day, '13 days ago'],
    ['weeks', -21 * day, '3 weeks ago'],
    ['long ago: the date', -90 * day, '24 Aug 2026'],
  ])('%s', (_name, offset, said) => expect(relativeTime(at(offset), now)).toBe(said));

  it('counts a limit as passed from its own moment on', () => {
    expect(isPast(at(0), now)).toBe(true);
    expect(isPast(at(1), now)).toBe(false);
  });
});
