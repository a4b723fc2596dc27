import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../../edge/boot/pace.ts';
import { minutes, seconds } from '../../../../shared/kernel/durations.ts';

function aPace(slots: number) {
  const clock = { time: 0, now: () => clock.time };
  return { clock, pace: new Pace({ slots, clock }) };
}

/**
 * Machines that ask, wait as long as they were told to, fetch for `fetchSeconds` once let in, all on one virtual clock.
 */
function storm({
  machines,
  slots,
  fetchSeconds,
  vanish = () => false,
}: {
  machines: number;
  slots: number;
  fetchSeconds: number;
  vanish?: (machine: number) => boolean;
}) {
  const { clock, pace } = aPace(slots);
  const agenda: { at: number; act: () => void }[] = [];
  const later = (after: number, act: () => void) => {
    agenda.push({ at: clock.time + after, act });
  };
  const result = { served: 0, mostAtOnce: 0, asked: 0, longestWaitSeconds: 0, lastAt: 0, order: [] as number[] };
  let fetching = 0;
  const ask = (number: number, isVanishing: boolean) => () => {
    const mac = `machine-${number}`;
    result.asked += 1;
    const turn = pace.ask(mac);
    if (!turn.isNow) {
      result.longestWaitSeconds = Math.max(result.longestWaitSeconds, turn.waitSeconds);
      return later(seconds(turn.waitSeconds), ask(number, isVanishing));
    }
    if (isVanishing) return;
    if (!pace.begin(mac)) throw new Error('a machine that was let in found no place');
    fetching += 1;
    result.mostAtOnce = Math.max(result.mostAtOnce, fetching);
    later(seconds(fetchSeconds), () => {
      fetching -= 1;
      pace.end(mac, true);
      result.served += 1;
      result.order.push(number);
      result.lastAt = clock.time;
    });
  };
  for (let index = 0; index < machines; index++)
    agenda.push({ at: (index % 60) * 1000, act: ask(index, vanish(index)) });
  while (agenda.length > 0) {
    agenda.sort((a, b) => a.at - b.at);
    const next = agenda.shift();
    clock.time = next?.at ?? clock.time;
    next?.act();
  }
  return { ...result, held: pace.status().taken };
}

describe('the pace of a boot storm', () => {
  it('lets a thousand machines in, never more than there are places, and wastes little time', () => {
    const { served, mostAtOnce, longestWaitSeconds, asked, lastAt, held } = storm({
      machines: 1000,
      slots: 32,
      fetchSeconds: 8,
    });
    expect({ served, mostAtOnce, held }).toEqual({ served: 1000, mostAtOnce: 32, held: 0 });
    expect(longestWaitSeconds).toBeLessThanOrEqual(60);
    const ideal = seconds((1000 / 32) * 8);
    expect(lastAt).toBeLessThan(1.5 * ideal);
    expect(asked).toBeLessThan(20 * 1000);
  });

  it('lets nobody wait who came long before others', () => {
    const { order } = storm({ machines: 1000, slots: 32, fetchSeconds: 8 });
    // They come within a minute, 17 each second: the later its second, the later its turn.
    const secondOf = (machine: number) => machine % 60;
    const turns = order.map((machine, place) => ({
      place,
      due: order.filter((other) => secondOf(other) < secondOf(machine)).length,
    }));
    const late = Math.max(...turns.map(({ place, due }) => place - due));
    expect(late).toBeLessThan(1000 / 4);
  });

  it('keeps a place for a machine that came first and is about to be back, not for one long away', () => {
    const { pace, clock } = aPace(1);
    pace.begin('a');
    const turn = pace.ask('b');
    expect(turn).toEqual({ isNow: false, waitSeconds: 5 });
    clock.time += seconds(1);
    pace.end('a', true);
    expect(pace.ask('c').isNow).toBe(true); // b is four seconds away
    pace.begin('c');
    clock.time += seconds(2);
    pace.end('c', true);
    expect([pace.ask('d').isNow, pace.ask('b').isNow]).toEqual([false, true]);
  });

  it('gives the place of a machine that went away to another', () => {
    expect(storm({ machines: 200, slots: 8, fetchSeconds: 5, vanish: (machine) => machine % 10 === 0 })).toMatchObject({
      served: 180,
    });
  });

  it('lets a machine that has its place ask again', () => {
    const { pace } = aPace(1);
    expect([pace.ask('a'), pace.ask('a'), pace.ask('b').isNow]).toEqual([{ isNow: true }, { isNow: true }, false]);
  });

  it('keeps the place between two files, and gives it on after the last', () => {
    const { pace } = aPace(1);
    pace.begin('a');
    pace.end('a', false);
    expect(pace.begin('b')).toBe(false);
    pace.begin('a');
    pace.end('a', true);
    expect(pace.begin('b')).toBe(true);
  });

  it('never takes a place in the middle of a file, however long it takes', () => {
    const { pace, clock } = aPace(1);
    pace.begin('a');
    clock.time = minutes(60);
    expect(pace.ask('b').isNow).toBe(false);
    pace.end('a', false);
    clock.time += seconds(31);
    expect(pace.ask('b').isNow).toBe(true);
  });
});
