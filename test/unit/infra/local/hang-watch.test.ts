import { beforeEach, describe, expect, it } from '@jest/globals';
import { watchForHang } from '../../../../infra/local/hang-watch.ts';

/** A process that answers, or does not; and a clock that is commanded. */
let answers: 'at once' | 'when told' | 'not reached';
let asked: number;
let open: (() => void)[];
let hung: number;
let isWatched: boolean;
let beat: () => void;
const settle = () => new Promise((resolve) => setImmediate(resolve));
const pass = async (beats: number) => {
  for (let n = 0; n < beats && isWatched; n++) {
    beat();
    await settle();
  }
};
let stop: () => void;
beforeEach(() => {
  [answers, asked, open, hung, isWatched] = ['at once', 0, [], 0, true];
  stop = watchForHang({
    ask: async () => {
      asked += 1;
      if (answers === 'not reached') throw new Error('ECONNREFUSED');
      if (answers === 'when told') await new Promise<void>((resolve) => open.push(resolve));
    },
    onHang: () => void (hung += 1),
    every: (milliseconds, run) => {
      expect(milliseconds).toBe(5000);
      beat = run;
      return () => void (isWatched = false);
    },
  });
});

describe('a process that is asked every five seconds', () => {
  it('is left alone as long as it answers', async () => {
    await pass(100);
    expect({ asked, hung }).toEqual({ asked: 100, hung: 0 });
  });

  it('hangs when one question has not been answered for 30 s; it is asked no second', async () => {
    await pass(3);
    answers = 'when told';
    await pass(1 + 5);
    expect(hung).toBe(0);
    await pass(1);
    expect({ hung, asked, isWatched }).toEqual({ hung: 1, asked: 4, isWatched: false });
  });

  it('is not given up for being slow: an answer after 29 s counts', async () => {
    answers = 'when told';
    for (let n = 0; n < 10; n++) {
      await pass(1 + 5);
      open.splice(0).forEach((answer) => answer());
      await settle();
    }
    expect({ hung, asked }).toEqual({ hung: 0, asked: 10 });
  });

  it('hangs, too, where nobody can be reached any more though it lives', async () => {
    answers = 'not reached';
    await pass(6);
    expect(hung).toBe(0);
    await pass(1);
    expect(hung).toBe(1);
  });

  it('is asked no more when it has been told to stop', () => {
    stop();
    expect(isWatched).toBe(false);
  });
});
