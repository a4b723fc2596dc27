/**
 * Times as people in a place read them. A wall-clock time is kept as milliseconds as if it were UTC, so that
 * calendar arithmetic needs no further type.
 */
export interface TimeZone {
  readonly name: string;
  /** How far the wall clock is ahead of UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number;
  /** The instants at which the wall clock shows this time: none in a spring gap, two in an autumn overlap. */
  instantsOf(wallClock: number): Instants;
}

export type Instants =
  | { kind: 'once'; instant: number }
  /** The clock jumped over this time. `instant` reads it with the offset before the jump. */
  | { kind: 'skipped'; instant: number }
  | { kind: 'twice'; first: number; second: number };

const day = 86_400_000;

/** Throws RangeError for a name that is not in the IANA database. */
export function timeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'narrow',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (instant: number): number => {
    const at = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(at['year'] ?? 0, (at['month'] ?? 1) - 1, at['day'], at['hour'], at['minute'], at['second']);
    return shown - Math.floor(instant / 1000) * 1000;
  };
  const instantsOf = (wallClock: number): Instants => {
    // Offsets change at most once in two days, so these two are the only ones in question.
    const before = offsetAt(wallClock - day);
    const after = offsetAt(wallClock + day);
    const [early, late] = [wallClock - before, wallClock - after];
    const earlyHolds = offsetAt(early) === before;
    const lateHolds = offsetAt(late) === after;
    if (earlyHolds && lateHolds && early !== late)
      return { kind: 'twice', first: Math.min(early, late), second: Math.max(early, late) };
    if (earlyHolds) return { kind: 'once', instant: early };
    return lateHolds ? { kind: 'once', instant: late } : { kind: 'skipped', instant: early };
  };
  return { name, offsetAt, instantsOf };
}

/** `2026-03-29T02:00:00+02:00`, as the timer payload shows times. */
export function zonedIso(zone: TimeZone, instant: number): string {
  const offset = zone.offsetAt(instant);
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const local = new Date(instant + offset).toISOString().replace('.000', '').slice(0, -1);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
