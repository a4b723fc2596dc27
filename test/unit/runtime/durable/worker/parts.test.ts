import { describe, expect, it } from '@jest/globals';
import { gather } from '../../../../../runtime/durable/core/gather.ts';
import { VirtualTime } from '../../../../../runtime/durable/memory/virtual-time.ts';
import { Activities } from '../../../../../runtime/durable/worker/activities.ts';
import { Poller } from '../../../../../runtime/durable/worker/poller.ts';

describe('gather', () => {
  it('handles one alone at once, and what comes meanwhile together', async () => {
    const batches: number[][] = [];
    let finish = () => {};
    const add = gather(async (items: number[]) => {
      batches.push(items);
      await new Promise<void>((resolve) => (finish = resolve));
      return items.map((item) => item * 10);
    }, 3);
    const results = [1, 2, 3, 4, 5].map(add);
    expect(batches).toEqual([[1]]);
    for (let round = 0; round < 3; round += 1) {
      finish();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('fails those of a batch that failed, and goes on', async () => {
    let isBroken = true;
    const add = gather(async (items: string[]) => {
      if (isBroken) throw new Error('broken');
      return items;
    }, 10);
    await expect(add('a')).rejects.toThrow('broken');
    isBroken = false;
    expect(await add('b')).toBe('b');
  });
});

describe('the lookout', () => {
  const watch = (time: VirtualTime, onLook: (number: number) => void = () => {}) => {
    const looks: number[] = [];
    const poller = new Poller(time, 1_000, async () => {
      looks.push(time.now() - begun);
      onLook(looks.length);
    });
    const begun = time.now();
    return { poller, looks };
  };

  it('looks when woken, when something falls due, and now and then', async () => {
    const time = new VirtualTime();
    const { poller, looks } = watch(time);
    poller.wake();
    await time.advance(10);
    poller.wakeAt(time.now() + 290);
    poller.wakeAt(time.now() + 500);
    await time.advance(1_400);
    expect(looks).toEqual([0, 300, 1_300]);
    poller.close();
  });

  it('looks again when woken while it looks', async () => {
    const time = new VirtualTime();
    const { poller, looks } = watch(time, (number) => {
      if (number === 1) poller.wake();
    });
    poller.wake();
    await time.advance(1);
    expect(looks).toEqual([0, 0]);
  });

  it('keeps looking after a moment that came while it looked', async () => {
    const time = new VirtualTime();
    let release = () => {};
    let looks = 0;
    const poller = new Poller(time, 1_000, async () => {
      looks += 1;
      if (looks !== 1) return;
      poller.wakeAt(time.now() + 5);
      await new Promise<void>((resolve) => (release = resolve));
    });
    poller.wake();
    await time.advance(5);
    release();
    await time.advance(3_000);
    expect(looks).toBeGreaterThanOrEqual(4);
  });

  it('looks no more when closed', async () => {
    const time = new VirtualTime();
    const { poller, looks } = watch(time);
    poller.wakeAt(time.now() + 5);
    poller.close();
    poller.wake();
    await time.advance(5_000);
    expect(looks).toEqual([]);
  });
});

describe('activities', () => {
  it('run as many at a time as allowed, the others in line', async () => {
    const ends: (() => void)[] = [];
    const activities = new Activities(2, () => 0);
    for (let each = 0; each < 5; each += 1) activities.add(() => new Promise<void>((resolve) => ends.push(resolve)));
    expect({ begun: ends.length, waiting: activities.waiting, room: activities.room }).toEqual({
      begun: 2,
      waiting: 3,
      room: -3,
    });
    ends[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect({ begun: ends.length, waiting: activities.waiting }).toEqual({ begun: 3, waiting: 2 });
    activities.close();
    ends[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toHaveLength(3);
  });
});

describe('virtual time', () => {
  it('runs timers by their moment, those of one moment in the order they were made', async () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    for (const [at, what] of [
      [20, 'c'],
      [10, 'a'],
      [10, 'b'],
      [30, 'd'],
    ] as const)
      time.schedule(at, () => void ran.push(`${what}@${time.now()}`));
    time.schedule(15, () => void ran.push('called off'))();
    expect(await time.run({ isDone: () => ran.length === 3 })).toBe(true);
    expect(ran).toEqual(['a@10', 'b@10', 'c@20']);
    expect(await time.run()).toBe(false);
    expect(time.now()).toBe(30);
  });

  it('stands still while something holds it', async () => {
    const time = new VirtualTime(0);
    let hasRun = false;
    time.schedule(5, () => void (hasRun = true));
    const release = time.blockTime('a test');
    const running = time.run();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(hasRun).toBe(false);
    release();
    await running;
    expect(hasRun).toBe(true);
  });
});
