import { describe, expect, it } from '@jest/globals';
import { BmcGate } from '../../../../edge/bmc/gate.ts';
import { settle } from '../platform/link.ts';

/** Work that goes on until it is ended. */
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
    const gate = new BmcGate({ slots: { command: 9, poll: 9 } });
    const log: string[] = [];
    const [first, second] = [work(log, 'first'), work(log, 'second')];
    const all = [gate.run('a', 'command', first.run), gate.run('a', 'command', second.run)];
    await settle();
    expect(log).toEqual(['first begins']);
    first.end();
    second.end();
    await Promise.all(all);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(gate.isBusy('a')).toBe(false);
  });

  it('is a command before a poll that came earlier', async () => {
    const gate = new BmcGate({ slots: { command: 9, poll: 9 } });
    const log: string[] = [];
    const [first, poll, command] = [work(log, 'first'), work(log, 'poll'), work(log, 'command')];
    const all = [
      gate.run('a', 'poll', first.run),
      gate.run('a', 'poll', poll.run),
      gate.run('a', 'command', command.run),
    ];
    for (const each of [first, poll, command]) each.end();
    await Promise.all(all);
    expect(log.filter((line) => line.endsWith('begins'))).toEqual(['first begins', 'command begins', 'poll begins']);
  });

  it('does not have to wait for another controller', async () => {
    const gate = new BmcGate({ slots: { command: 9, poll: 9 } });
    const log: string[] = [];
    const slow = work(log, 'slow');
    const waiting = gate.run('a', 'poll', slow.run);
    await gate.run('b', 'poll', async () => void log.push('other'));
    expect(log).toEqual(['slow begins', 'other']);
    slow.end();
    await waiting;
  });

  it('is bounded in number; polls never take the slots of commands', async () => {
    const gate = new BmcGate({ slots: { command: 1, poll: 2 } });
    const log: string[] = [];
    const polls = ['1', '2', '3'].map((name) => work(log, name));
    const all = polls.map((each, index) => gate.run(`bmc-${index}`, 'poll', each.run));
    await gate.run('other', 'command', async () => void log.push('command'));
    expect(log).toEqual(['1 begins', '2 begins', 'command']);
    polls[0]?.end();
    await settle();
    expect(log).toContain('3 begins');
    for (const each of polls) each.end();
    await Promise.all(all);
  });

  it('goes on with the next after work that fails', async () => {
    const gate = new BmcGate({ slots: { command: 1, poll: 1 } });
    await expect(gate.run('a', 'command', () => Promise.reject(new Error('dead')))).rejects.toThrow('dead');
    await expect(gate.run('a', 'command', async () => 'alive')).resolves.toBe('alive');
  });

  it('is nobody but the one who writes firmware, until that is over', () => {
    const gate = new BmcGate({ slots: { command: 1, poll: 1 } });
    gate.holdExclusively('a', 1000);
    expect([
      gate.isHeldExclusively('a', 999),
      gate.isHeldExclusively('b', 999),
      gate.isHeldExclusively('a', 1000),
    ]).toEqual([true, false, false]);
    gate.holdExclusively('a', 5000);
    gate.holdExclusively('a', 0);
    expect(gate.isHeldExclusively('a', 2000)).toBe(false);
  });
});
