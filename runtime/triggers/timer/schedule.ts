import type { TimeZone } from '../../core/time-zone.ts';
import { parseTimeSpan } from '../../core/timespan.ts';
import { nextMatch, parseNcrontab, type Crontab } from './ncrontab.ts';

export interface Schedule {
  /** The first occurrence after an instant, both in milliseconds since 1970. */
  next(after: number): number;
}

/**
 * Reads the schedule of a timer: NCRONTAB in a time zone, or a TimeSpan between runs. Throws an Error that says what is
 * wrong.
 */
export function parseSchedule(text: string, zone: TimeZone): Schedule {
  const every = parseTimeSpan(text);
  if (every === 0) throw new Error(`'${text}' leaves no time between runs`);
  if (every !== undefined) return { next: (after) => after + every };
  if (text.includes(':'))
    throw new Error(`'${text}' is not a time span; write hh:mm:ss with hours up to 23, or d.hh:mm:ss`);
  return cronSchedule(parseNcrontab(text), zone);
}

/**
 * Daylight saving, as Azure's timer does it. Spring: a time the clock jumps over runs as much later as the jump
 * (02:30 runs at 03:30; of several such times the first). Autumn: an interval goes on through both passes of the
 * repeated hour; a point in time runs in the first pass only.
 */
function cronSchedule(crontab: Crontab, zone: TimeZone): Schedule {
  const next = (after: number): number => {
    for (let match = nextMatch(crontab, after + zone.offsetAt(after)); ; match = nextMatch(crontab, match)) {
      const found = zone.instantsOf(match);
      if (found.kind !== 'twice')
        return (crontab.isInterval ? inSecondPass(crontab, zone, after) : undefined) ?? found.instant;
      if (found.first > after) return found.first;
      if (crontab.isInterval) return found.second;
    }
  };
  return { next };
}

/** From the first pass of a repeated hour the clock goes back before it goes on: the first match on the way, if any. */
function inSecondPass(crontab: Crontab, zone: TimeZone, after: number): number | undefined {
  const offset = zone.offsetAt(after);
  const here = zone.instantsOf(after + offset);
  if (here.kind !== 'twice' || after >= here.second) return undefined;
  const turnedBack = firstInstantOfOtherOffset(zone, after, here.second);
  const offsetThen = zone.offsetAt(turnedBack);
  const match = nextMatch(crontab, turnedBack + offsetThen - 1);
  return match < turnedBack + offset ? match - offsetThen : undefined;
}

function firstInstantOfOtherOffset(zone: TimeZone, from: number, to: number): number {
  const offset = zone.offsetAt(from);
  let [same, other] = [from, to];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (zone.offsetAt(middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}
