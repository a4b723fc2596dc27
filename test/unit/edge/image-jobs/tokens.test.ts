import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { BootTokens } from '../../../../edge/image-jobs/tokens.ts';
import { Store } from '../../../../edge/kernel/store.ts';
import { days, hours, minutes } from '../../../../shared/kernel/durations.ts';

const clock = { time: 0, now: () => clock.time };
const holder = { mac: '00:1a:00:00:00:11', serverId: 'srv-1' };
let tokens: BootTokens;
beforeEach(() => {
  clock.time = days(1000);
  tokens = new BootTokens({ store: new Store(':memory:'), clock });
});

describe('a boot’s token', () => {
  it('stands for one boot of one port', () => {
    const [one, other] = [tokens.issue(holder), tokens.issue({ mac: '00:1a:00:00:00:12', serverId: 'srv-2' })];
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect([tokens.holderOf(one), tokens.holderOf(other)?.serverId]).toEqual([holder, 'srv-2']);
  });

  it.each(['', 'x', '0'.repeat(32), `${'0'.repeat(31)}G`, "' OR 1=1 --"])('is not guessed: %j', (guess) => {
    tokens.issue(holder);
    expect(tokens.holderOf(guess)).toBeUndefined();
  });

  it('ends when its machine has been silent for half a day, and not while it is heard', () => {
    const token = tokens.issue(holder);
    for (let hour = 0; hour < 100; hour += 1) {
      clock.time += hours(1);
      expect(tokens.holderOf(token)).toEqual(holder);
    }
    clock.time += hours(12);
    expect(tokens.holderOf(token)).toBeUndefined();
  });

  it('ends after two weeks however often it is used', () => {
    const token = tokens.issue(holder);
    const end = clock.time + days(14);
    while (clock.time + minutes(30) < end) {
      clock.time += minutes(30);
      expect(tokens.holderOf(token)).toEqual(holder);
    }
    clock.time = end;
    expect(tokens.holderOf(token)).toBeUndefined();
  });

  it('ends when its machine boots something else', () => {
    const token = tokens.issue(holder);
    tokens.revoke(holder.mac);
    expect(tokens.holderOf(token)).toBeUndefined();
  });

  it('is one of the last four of its port', () => {
    const issued = Array.from({ length: 6 }, () => tokens.issue(holder));
    expect(issued.map((token) => tokens.holderOf(token) !== undefined)).toEqual([false, false, true, true, true, true]);
  });

  it('outlives the agent, of which only a digest is on disk', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-tokens-'));
    try {
      const file = path.join(folder, 'memory.db');
      const store = new Store(file);
      const token = new BootTokens({ store, clock }).issue(holder);
      store.close();
      expect(readFileSync(file).includes(token)).toBe(false);
      const again = new Store(file);
      expect(new BootTokens({ store: again, clock }).holderOf(token)).toEqual(holder);
      again.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
