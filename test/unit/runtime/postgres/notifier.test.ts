import { beforeEach, describe, expect, it } from '@jest/globals';
import { Notifier as HostNotifier } from '../../../../runtime/postgres/notifier.ts';
import { Notifier as AppNotifier } from '../../../../shared/kernel/database/notifier.ts';
import { CommandedTime, settle } from '../triggers/kit.ts';

// The layers may not import each other, so each has a notifier of its own. They are alike.
describe.each([
  ['the host', HostNotifier],
  ['the app', AppNotifier],
])('the notifier of %s', (_of, Notifier) => {
  let time: CommandedTime;
  let sent: string[][];
  let notifier: HostNotifier | AppNotifier;
  /** What telling waits for. */
  let way: Promise<void>;
  beforeEach(() => {
    time = new CommandedTime(0);
    sent = [];
    way = Promise.resolve();
    notifier = new Notifier(
      async (notifications) => {
        sent.push(notifications.map(({ channel, payload }) => `${channel}/${payload}`));
        await way;
      },
      (milliseconds, run) => void time.schedule(time.now() + milliseconds, run),
    );
  });

  it('sends at once, and in one statement what is asked for in one go', async () => {
    notifier.notify('work');
    notifier.notify('topic', 'a');
    notifier.notify('topic', 'b');
    notifier.notify('work');
    await settle();
    expect(sent).toEqual([['work/', 'topic/a', 'topic/b']]);
  });

  it('sends one notification per 2 ms however often it is asked, and one more when asked meanwhile', async () => {
    for (let at = 0; at <= 4; at += 0.5) {
      await time.to(at);
      notifier.notify('work');
      await settle();
    }
    expect(sent).toHaveLength(3);
    await time.to(5.9);
    expect(sent).toHaveLength(3);
    await time.to(6);
    expect(sent).toHaveLength(4);
    await time.to(1_000);
    expect(sent).toHaveLength(4);
  });

  it('does not keep one notice waiting for the rest of another', async () => {
    notifier.notify('topic', 'a');
    await settle();
    notifier.notify('topic', 'a');
    notifier.notify('topic', 'b');
    await settle();
    expect(sent).toEqual([['topic/a'], ['topic/b']]);
  });

  it('gathers what is asked for while it sends', async () => {
    const arrived = Promise.withResolvers<void>();
    way = arrived.promise;
    notifier.notify('one');
    await settle();
    notifier.notify('two');
    notifier.notify('three');
    await settle();
    expect(sent).toEqual([['one/']]);
    arrived.resolve();
    await settle();
    expect(sent).toEqual([['one/'], ['two/', 'three/']]);
  });

  it('tells everything before it is closed', async () => {
    notifier.notify('work');
    await settle();
    notifier.notify('work');
    notifier.notify('other');
    await notifier.close();
    expect(sent).toEqual([['work/'], ['work/', 'other/']]);
  });
});
