import { expect, it } from '@jest/globals';
import { timeZone } from '../../../../../runtime/core/time-zone.ts';
import { parseSchedule } from '../../../../../runtime/triggers/timer/schedule.ts';
import { createMemoryTimerStore, type TimerStore } from '../../../../../runtime/triggers/timer/timer-store.ts';
import { timerWorker, type TimerWork } from '../../../../../runtime/triggers/timer/timer-worker.ts';
import { CommandedTime } from '../kit.ts';

const zone = timeZone('UTC');

/** A timer under a claim of its own; `runs` says when it fired and what it was told. */
function aTimer(
  time: CommandedTime,
  {
    schedule = '0 0 * * * *',
    store = createMemoryTimerStore(),
    ...more
  }: { schedule?: string; store?: TimerStore } & Partial<Omit<TimerWork, 'schedule'>> = {},
) {
  const runs: {
    at: string;
    isPastDue: boolean;
    status: { Last: string; Next: string } | null;
    retry: number | undefined;
  }[] = [];
  const handler = timerWorker({
    name: 'tick',
    schedule: parseSchedule(schedule, zone),
    zone,
    runOnStartup: false,
    isMonitored: true,
    retry: undefined,
    store,
    time,
    ...more,
    call: async (payload, context) => {
      const { IsPastDue, ScheduleStatus } = JSON.parse(payload);
      runs.push({
        at: new Date(time.now()).toISOString(),
        isPastDue: IsPastDue,
        status: ScheduleStatus,
        retry: context?.retryCount,
      });
      await more.call?.(payload, context);
    },
  });
  const stop = new AbortController();
  return { runs, start: () => void handler(stop.signal, () => true), stop: () => stop.abort(), store };
}
const firedAt = ({ runs }: ReturnType<typeof aTimer>) => runs.map(({ at }) => at.slice(11, 19));

it('fires at each occurrence and tells when it last ran and will run', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const timer = aTimer(time);
  timer.start();
  await time.to('2026-01-05T14:30:00Z');
  expect(firedAt(timer)).toEqual(['13:00:00', '14:00:00']);
  expect(timer.runs[0]?.status).toMatchObject({ Last: '0001-01-01T00:00:00+00:00', Next: '2026-01-05T13:00:00+00:00' });
  expect(timer.runs[1]?.status).toMatchObject({ Last: '2026-01-05T13:00:00+00:00', Next: '2026-01-05T14:00:00+00:00' });
});

it('makes up once, at start, for all the runs missed while nobody was there', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const before = aTimer(time);
  before.start();
  await time.to('2026-01-05T13:10:00Z');
  before.stop();
  await time.to('2026-01-05T17:45:00Z');
  const after = aTimer(time, { store: before.store });
  after.start();
  await time.to('2026-01-05T18:00:00Z');
  expect(after.runs.map(({ at, isPastDue }) => [at.slice(11, 16), isPastDue])).toEqual([
    ['17:45', true],
    ['18:00', false],
  ]);
});

it('makes up for a run it missed although it had never run before', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const before = aTimer(time);
  before.start();
  await time.by(1000);
  before.stop();
  await time.to('2026-01-05T13:10:00Z');
  const after = aTimer(time, { store: before.store });
  after.start();
  await time.by(0);
  expect(after.runs).toMatchObject([{ isPastDue: true }]);
});

it('does not take a changed schedule for a missed run', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const before = aTimer(time);
  before.start();
  await time.by(1000);
  before.stop();
  await time.to('2026-01-05T15:10:00Z');
  const after = aTimer(time, { store: before.store, schedule: '0 30 * * * *' });
  after.start();
  await time.to('2026-01-05T16:00:00Z');
  expect(after.runs.map(({ at, isPastDue }) => [at.slice(11, 16), isPastDue])).toEqual([['15:30', false]]);
});

it('goes on with its schedule whatever the function throws', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const timer = aTimer(time, {
    call: async () => {
      throw new Error('no');
    },
  });
  timer.start();
  await time.to('2026-01-05T15:00:00Z');
  expect(firedAt(timer)).toEqual(['13:00:00', '14:00:00', '15:00:00']);
});

it('runs at most once after a run that took longer than the interval', async () => {
  const time = new CommandedTime('2026-01-05T12:59:00Z');
  let isFirst = true;
  const timer = aTimer(time, {
    schedule: '0 */10 * * * *',
    call: () =>
      isFirst
        ? new Promise<void>((resolve) => {
            isFirst = false;
            time.schedule(time.now() + 35 * 60_000, resolve);
          })
        : Promise.resolve(),
  });
  timer.start();
  await time.to('2026-01-05T13:45:00Z');
  expect(firedAt(timer)).toEqual(['13:00:00', '13:35:00', '13:40:00']);
});

it('retries as the function asks, then leaves it at that', async () => {
  const time = new CommandedTime('2026-01-05T12:59:50Z');
  const timer = aTimer(time, {
    retry: { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 5 } },
    call: async () => {
      throw new Error('no');
    },
  });
  timer.start();
  await time.to('2026-01-05T13:30:00Z');
  expect(timer.runs.map(({ at, retry }) => [at.slice(14, 19), retry])).toEqual([
    ['00:00', undefined],
    ['00:05', 1],
    ['00:10', 2],
  ]);
});

it('runs on startup where asked to, and keeps the schedule', async () => {
  const time = new CommandedTime('2026-01-05T12:20:00Z');
  const timer = aTimer(time, { runOnStartup: true });
  timer.start();
  await time.to('2026-01-05T13:00:00Z');
  expect(timer.runs.map(({ at, isPastDue }) => [at.slice(11, 16), isPastDue])).toEqual([
    ['12:20', false],
    ['13:00', false],
  ]);
});

it('tells no status and remembers nothing when it is not monitored', async () => {
  const time = new CommandedTime('2026-01-05T12:59:00Z');
  const timer = aTimer(time, { schedule: '*/20 * * * * *', isMonitored: false });
  timer.start();
  await time.by(20_000);
  expect(timer.runs).toMatchObject([{ status: null, isPastDue: false }]);
  expect(await timer.store.load('tick')).toBeUndefined();
});
