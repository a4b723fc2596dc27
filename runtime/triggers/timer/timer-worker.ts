import { zonedIso, type TimeZone } from '../../core/time-zone.ts';
import { waitUntil, type Time } from '../../core/time.ts';
import type { LeaseHandler } from '../leases.ts';
import { withRetry, type RetryContext, type RetryPolicy } from '../retry.ts';
import type { Schedule } from './schedule.ts';
import type { TimerStatus, TimerStore } from './timer-store.ts';

export interface TimerWork {
  name: string;
  schedule: Schedule;
  zone: TimeZone;
  runOnStartup: boolean;
  /** Whether the schedule is remembered, so that a missed run is made up for. */
  isMonitored: boolean;
  retry: RetryPolicy | undefined;
  store: TimerStore;
  time: Time;
  /** Calls the function with the timer's payload as JSON. The caller has logged what it throws. */
  call(payload: string, retryContext?: RetryContext): Promise<void>;
}

/** What .NET says for "not yet". */
const notYet = '0001-01-01T00:00:00+00:00';

/** Runs one timer for as long as its lease is held. */
export function timerWorker(work: TimerWork): LeaseHandler {
  const { schedule, time, store, name } = work;
  let isFirstHold = true;

  const fire = async (
    status: TimerStatus,
    why: 'scheduled' | 'past due' | 'on startup',
    signal: AbortSignal,
    isOurs: () => boolean,
  ): Promise<TimerStatus> => {
    const firedAt = time.now();
    const payload = timerPayload(work, status, why === 'past due');
    // no error stops a schedule
    await withRetry(work.retry, { time, signal }, (context) => work.call(payload, context)).catch(() => {});
    // Clocks differ: a timer that fired a little early must not find its own occurrence still ahead.
    const last = why === 'scheduled' ? Math.max(firedAt, status.next) : firedAt;
    const updated = { last, next: schedule.next(last), lastUpdated: last };
    if (work.isMonitored && isOurs()) await store.save(name, updated);
    return updated;
  };

  return async (signal, isOurs) => {
    let status = await openStatus(work);
    const isOnStartup = work.runOnStartup && isFirstHold;
    isFirstHold = false;
    if (time.now() > status.next) status = await fire(status, 'past due', signal, isOurs);
    else if (isOnStartup) status = await fire(status, 'on startup', signal, isOurs);
    while (!signal.aborted) {
      await waitUntil(time, status.next, signal);
      if (!signal.aborted) status = await fire(status, 'scheduled', signal, isOurs);
    }
  };
}

/** What the last run left, put right where the schedule has changed since: a new schedule is never past due. */
async function openStatus({ name, schedule, store, time, isMonitored }: TimerWork): Promise<TimerStatus> {
  const now = time.now();
  const stored = isMonitored ? await store.load(name) : undefined;
  const since = stored?.last ?? stored?.lastUpdated ?? now;
  const expected = schedule.next(since);
  if (stored?.next === expected) return stored;
  const opened =
    expected >= now
      ? { last: null, next: expected, lastUpdated: since }
      : { last: null, next: schedule.next(now), lastUpdated: now };
  if (isMonitored) await store.save(name, opened);
  return opened;
}

function timerPayload({ isMonitored, zone }: TimerWork, status: TimerStatus, isPastDue: boolean): string {
  const iso = (at: number) => zonedIso(zone, at);
  const scheduleStatus = {
    Last: status.last === null ? notYet : iso(status.last),
    Next: iso(status.next),
    LastUpdated: iso(status.lastUpdated),
  };
  return JSON.stringify({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: isMonitored ? scheduleStatus : null,
    IsPastDue: isPastDue,
  });
}
