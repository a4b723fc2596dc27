import { describe, expect, it } from '@jest/globals';
import { Store } from '../../../../edge/kernel/store.ts';
import { Told } from '../../../../edge/kernel/told.ts';
import { hours } from '../../../../shared/kernel/durations.ts';

const clock = { time: hours(1000), now: () => clock.time };

describe('what was told already', () => {
  it('is news when it is something else, or was long ago', () => {
    const told = new Told({ store: new Store(':memory:'), clock });
    const isNews = (value: string) => told.isNews('a', value, hours(6));
    expect(isNews('one')).toBe(true);
    told.note('a', 'one');
    expect([isNews('one'), isNews('two')]).toEqual([false, true]);
    clock.time += hours(6);
    expect(isNews('one')).toBe(true);
  });

  it('does not keep us silent after the clock was set back by a day', () => {
    const told = new Told({ store: new Store(':memory:'), clock });
    told.note('a', 'one');
    clock.time -= hours(24);
    expect(told.isNews('a', 'one', hours(6))).toBe(true);
  });

  it('is forgotten from its oldest end where there is too much of it', () => {
    const told = new Told({ store: new Store(':memory:'), clock, limit: 300 });
    for (let number = 0; number < 1000; number++) {
      clock.time += 1;
      told.note(`key-${number}`, 'x');
    }
    const known = Array.from({ length: 1000 }, (_, number) => !told.isNews(`key-${number}`, 'x', hours(6)));
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
