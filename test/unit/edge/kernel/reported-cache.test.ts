import { describe, expect, it } from '@jest/globals';
import { ReportedCache } from '../../../../edge/kernel/reported-cache.ts';
import { Store } from '../../../../edge/kernel/store.ts';
import { hours } from '../../../../shared/kernel/durations.ts';

const clock = { time: hours(1000), now: () => clock.time };

describe('what was reported already', () => {
  it('is due when the value is another, or was reported long ago', () => {
    const reported = new ReportedCache({ store: new Store(':memory:'), clock });
    const isDue = (value: string) => reported.isDue('a', value, hours(6));
    expect(isDue('one')).toBe(true);
    reported.record('a', 'one');
    expect([isDue('one'), isDue('two')]).toEqual([false, true]);
    clock.time += hours(6);
    expect(isDue('one')).toBe(true);
  });

  it('does not keep us silent after the clock was set back by a day', () => {
    const reported = new ReportedCache({ store: new Store(':memory:'), clock });
    reported.record('a', 'one');
    clock.time -= hours(24);
    expect(reported.isDue('a', 'one', hours(6))).toBe(true);
  });

  it('is forgotten from its oldest end where there is too much of it', () => {
    const reported = new ReportedCache({ store: new Store(':memory:'), clock, limit: 300 });
    for (let number = 0; number < 1000; number++) {
      clock.time += 1;
      reported.record(`key-${number}`, 'x');
    }
    const known = Array.from({ length: 1000 }, (_, number) => !reported.isDue(`key-${number}`, 'x', hours(6)));
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(301);
    expect([known[0], known[999]]).toEqual([false, true]);
  });
});

describe('the store', () => {
  it('keeps all of a change or nothing', () => {
    const store = new Store(':memory:');
    store.make('CREATE TABLE t (n INTEGER)');
    const add = (n: number) => store.prepare('INSERT INTO t VALUES (?)').run(n);
    expect(() =>
      store.surely(() => {
        add(1);
        throw new Error('the power went');
      }),
    ).toThrow('the power went');
    store.surely(() => add(2));
    expect(store.prepare('SELECT n FROM t').all()).toEqual([expect.objectContaining({ n: 2 })]);
  });

  it('says what is lost with a file that cannot be read', () => {
    expect(() => new Store('/nowhere/memory.db')).toThrow(expect.objectContaining({ code: 'edge.store-unreadable' }));
  });
});
