import { describe, expect, it } from '@jest/globals';
import { BmcKeeper } from '../../../../edge/bmc/keeper.ts';
import { settle } from '../platform/link.ts';

/** Work that goes on until it is told to end. */
function work(log: string[], name: string) {
  let end = () => {};
  const done = new Promise<void>((resolve) => (end = resolve));
  return {
    end,
    run: () => {
      log.push(`${name} begins`);
      return done.then(() => void log.push(`${name} ends`));
    },
  };
}

describe('who may speak to a management controller', () => {
  it('is one at a time, whoever came first', async () => {
    const keeper = new BmcKeeper({ places: { command: 9, poll: 9 } });
    const log: string[] = [];
    const [first, second] = [work(log, 'first'), work(log, 'second')];
    const all = [keeper.use('a', 'command', first.run), keeper.use('a', 'command', second.run)];
    await settle();
    expect(log).toEqual(['first begins']);
    first.end();
    second.end();
    await Promise.all(all);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(keeper.isBusy('a')).toBe(false);
  });

  it('is a command before a poll that came earlier', async () => {
    const keeper = new BmcKeeper({ places: { command: 9, poll: 9 } });
    const log: string[] = [];
    const [first, poll, command] = [work(log, 'first'), work(log, 'poll'), work(log, 'command')];
    const all = [
      keeper.use('a', 'poll', first.run),
      keeper.use('a', 'poll', poll.run),
      keeper.use('a', 'command', command.run),
    ];
    for (const each of [first, poll, command]) each.end();
    await Promise.all(all);
    expect(log.filter((line) => line.endsWith('begins'))).toEqual(['first begins', 'command begins', 'poll begins']);
  });

  it('does not have to wait for another controller', async () => {
    const keeper = new BmcKeeper({ places: { command: 9, poll: 9 } });
    const log: string[] = [];
    const slow = work(log, 'slow');
    const waiting = keeper.use('a', 'poll', slow.run);
    await keeper.use('b', 'poll', async () => void log.push('other'));
    expect(log).toEqual(['slow begins', 'other']);
    slow.end();
    await waiting;
  });

  it('is bounded in number; polls never take the places of commands', async () => {
    const keeper = new BmcKeeper({ places: { command: 1, poll: 2 } });
    const log: string[] = [];
    const polls = ['1', '2', '3'].map((name) => work(log, name));
    const all = polls.map((each, index) => keeper.use(`bmc-${index}`, 'poll', each.run));
    await keeper.use('other', 'command', async () => void log.push('command'));
    expect(log).toEqual(['1 begins', '2 begins', 'command']);
    polls[0]?.end();
    await settle();
    expect(log).toContain('3 begins');
    for (const each of polls) each.end();
    await Promise.all(all);
  });

  it('goes on with the next after work that fails', async () => {
    const keeper = new BmcKeeper({ places: { command: 1, poll: 1 } });
    await expect(keeper.use('a', 'command', () => Promise.reject(new Error('dead')))).rejects.toThrow('dead');
    await expect(keeper.use('a', 'command', async () => 'alive')).resolves.toBe('alive');
  });

  it('is nobody but the one who writes firmware, until that is over', () => {
    const keeper = new BmcKeeper({ places: { command: 1, poll: 1 } });
    keeper.holdExclusively('a', 1000);
    expect([
      keeper.isHeldExclusively('a', 999),
      keeper.isHeldExclusively('b', 999),
      keeper.isHeldExclusively('a', 1000),
    ]).toEqual([true, false, false]);
    keeper.holdExclusively('a', 5000);
    keeper.holdExclusively('a', 0);
    expect(keeper.isHeldExclusively('a', 2000)).toBe(false);
  });
});
