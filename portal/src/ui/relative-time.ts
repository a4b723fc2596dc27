const steps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 14],
  ['week', 8],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `3 minutes ago`, `in 2 days`; beyond eight weeks the date. */
export function relativeTime(at: string, now: number): string {
  const then = Date.parse(at);
  let amount = (then - now) / 1000;
  if (Math.abs(amount) < 5) return 'now';
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return relative.format(Math.trunc(amount), unit);
    amount /= unit === 'day' ? 7 : size;
  }
  return day.format(then);
}

/** The exact moment in the reader's own time zone. */
export const exactTime = (at: string): string => absolute.format(Date.parse(at));

export const isPast = (at: string, now: number): boolean => Date.parse(at) <= now;
