import { beforeEach, describe, expect, it } from '@jest/globals';
import { Bell as HostBell } from '../../../../runtime/postgres/bell.ts';
import { Bell as AppBell } from '../../../../shared/kernel/database/bell.ts';
import { CommandedTime, settle } from '../triggers/kit.ts';

// The layers may not import each other, so each has a bell of its own. They are alike.
describe.each([
  ['the host', HostBell],
  ['the app', AppBell],
])('the bell of %s', (_of, Bell) => {
  let time: CommandedTime;
  let told: string[][];
  let bell: HostBell | AppBell;
  /** What telling waits for. */
  let way: Promise<void>;
  beforeEach(() => {
    time = new CommandedTime(0);
    told = [];
    way = Promise.resolve();
    bell = new Bell(
      async (notices) => {
        told.push(notices.map(({ channel, payload }) => `${channel}/${payload}`));
        await way;
      },
      (milliseconds, run) => void time.schedule(time.now() + milliseconds, run),
    );
  });

  it('tells at once, and in one statement what is rung in one go', async () => {
    bell.ring('work');
    bell.ring('topic', 'a');
    bell.ring('topic', 'b');
    bell.ring('work');
    await settle();
    expect(told).toEqual([['work/', 'topic/a', 'topic/b']]);
  });

  it('tells the same once in 2 ms, however often it is rung, and once more when it was rung meanwhile', async () => {
    for (let at = 0; at <= 4; at += 0.5) {
      await time.to(at);
      bell.ring('work');
      await settle();
    }
    expect(told).toHaveLength(3);
    await time.to(5.9);
    expect(told).toHaveLength(3);
    await time.to(6);
    expect(told).toHaveLength(4);
    await time.to(1_000);
    expect(told).toHaveLength(4);
  });

  it('does not keep one notice waiting for the rest of another', async () => {
    bell.ring('topic', 'a');
    await settle();
    bell.ring('topic', 'a');
    bell.ring('topic', 'b');
    await settle();
    expect(told).toEqual([['topic/a'], ['topic/b']]);
  });

  it('gathers what is rung while it tells', async () => {
    const arrived = Promise.withResolvers<void>();
    way = arrived.promise;
    bell.ring('one');
    await settle();
    bell.ring('two');
    bell.ring('three');
    await settle();
    expect(told).toEqual([['one/']]);
    arrived.resolve();
    await settle();
    expect(told).toEqual([['one/'], ['two/', 'three/']]);
  });

  it('tells everything before it is closed', async () => {
    bell.ring('work');
    await settle();
    bell.ring('work');
    bell.ring('other');
    await bell.close();
    expect(told).toEqual([['work/'], ['work/', 'other/']]);
  });
});
