/**
 * NCRONTAB, the cron dialect of Azure Functions: `{second} {minute} {hour} {day} {month} {day of week}`; five
 * fields leave the seconds out. Unlike other crons, both day fields must match, a range may be written backwards,
 * `3/10` counts from 3 to the field's end, and there is no `L`, `#`, `?` or `@daily`.
 */
export interface Crontab {
  readonly text: string;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /**
   * Whether it means "every so often" rather than "at this time": decides what happens in the hour a clock shows
   * twice. As in the original, a time field that holds all values or two neighbouring ones makes an interval.
   */
  readonly isInterval: boolean;
}

interface Field {
  name: string;
  from: number;
  to: number;
  names?: readonly string[];
}

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const fields: readonly [Field, Field, Field, Field, Field, Field] = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: monthNames },
  { name: 'day of week', from: 0, to: 6, names: weekdayNames },
];

/** Throws an Error that names the field and what it may hold. */
export function parseNcrontab(text: string): Crontab {
  const given = text.trim().split(/\s+/);
  const parts = given.length === 5 ? ['0', ...given] : given;
  if (parts.length !== 6)
    throw new Error(
      `'${text}' has ${given.length} fields; a schedule has six (second minute hour day month weekday) or ` +
        'five (without the second)',
    );
  const [seconds, minutes, hours, days, months, weekdays] = fields.map((field, i) =>
    parseField(field, parts[i] ?? ''),
  ) as [number[], number[], number[], number[], number[], number[]];
  const timeFields = given.length === 5 ? [minutes, hours] : [seconds, minutes, hours];
  const crontab = {
    text,
    seconds,
    minutes,
    hours,
    days: new Set(days),
    months: new Set(months),
    weekdays: new Set(weekdays),
    isInterval: timeFields.some((values) => values.some((value, i) => values[i + 1] === value + 1)),
  };
  nextMatch(crontab, 0); // throws for a day that is in no calendar
  return crontab;
}

function parseField(field: Field, text: string): number[] {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [range = '', stepText, ...rest] = item.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (rest.length > 0 || !Number.isInteger(step) || step < 1)
      throw new Error(`'${item}' is not a ${field.name}: the part after '/' must be a whole number above 0`);
    const [from, to] = bounds(field, range, stepText !== undefined);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function bounds(field: Field, range: string, hasStep: boolean): [number, number] {
  if (range === '*') return [field.from, field.to];
  const [first = '', last, ...rest] = range.split('-');
  if (rest.length > 0) throw new Error(`'${range}' is not a range of ${field.name}s`);
  const from = parseValue(field, first);
  if (last === undefined) return [from, hasStep ? field.to : from];
  const to = parseValue(field, last);
  return from <= to ? [from, to] : [to, from];
}

function parseValue(field: Field, text: string): number {
  const byName =
    /^[a-z]+$/i.test(text) && field.names ? field.names.findIndex((name) => name.startsWith(text.toLowerCase())) : -1;
  if (byName >= 0) return byName + field.from;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.from && value <= field.to))
    throw new Error(
      `'${text}' is not a ${field.name}: ${field.from} to ` +
        `${field.to}${field.names ? ` or a name such as ${field.names[1]}` : ''}`,
    );
  return value;
}

const second = 1000;
const day = 86_400_000;
/** 29 February on a given weekday comes back after 28 years, 40 across a century that is no leap year. */
const furthestYears = 41;

/** The first wall-clock time after the one given that matches. Throws an Error when none ever does (31 April). */
export function nextMatch(crontab: Crontab, after: number): number {
  const start = Math.floor(after / second) * second + second;
  const today = Math.floor(start / day) * day;
  const laterToday = matchesDay(crontab, today) ? firstTimeOfDay(crontab, start - today) : undefined;
  if (laterToday !== undefined) return today + laterToday;
  for (let date = today + day; date < today + furthestYears * 366 * day; date += day) {
    if (matchesDay(crontab, date)) return date + (firstTimeOfDay(crontab, 0) ?? 0);
  }
  throw new Error(`'${crontab.text}' never happens: no calendar has such a day`);
}

function matchesDay({ days, months, weekdays }: Crontab, date: number): boolean {
  const at = new Date(date);
  return months.has(at.getUTCMonth() + 1) && days.has(at.getUTCDate()) && weekdays.has(at.getUTCDay());
}

/** Milliseconds since midnight of the first time at or after `from`. */
function firstTimeOfDay({ hours, minutes, seconds }: Crontab, from: number): number | undefined {
  const fromSeconds = Math.floor(from / second);
  for (const hour of hours) {
    if (hour < Math.floor(fromSeconds / 3600)) continue;
    for (const minute of minutes) {
      const inMinute = (hour * 60 + minute) * 60;
      if (inMinute + 59 < fromSeconds) continue;
      const found = seconds.find((each) => inMinute + each >= fromSeconds);
      if (found !== undefined) return (inMinute + found) * second;
    }
  }
  return undefined;
}
