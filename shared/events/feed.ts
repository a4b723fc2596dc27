import type { Database } from '../kernel/database/database.ts';
import type { Notices } from '../kernel/database/notices.ts';
import { explain } from '../kernel/errors/app-error.ts';
import type { CloudEvent } from './cloud-event.ts';
import { lastSequence } from './log.db.ts';
import { readEvents } from './log.ts';
import { sealedNotice } from './relay.ts';

export interface Feed {
  /** Once this resolves, `take` is called with every event sealed from then on, in order. Answers how to stop. */
  follow(take: (event: CloudEvent) => void): Promise<() => void>;
  close(): void;
}

const batch = 500;
const lookAgainMilliseconds = 2000;

/**
 * Live events for the portal's streams: one reader of the log per process, however many listen. It wakes on the
 * relay's notice and looks every two seconds besides, so a lost notice only costs time. Idle while nobody listens.
 */
export function createFeed(db: Database, notices: Notices, onError: (reason: string) => void): Feed {
  const followers = new Set<(event: CloudEvent) => void>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};
  let position: number | undefined;
  let began: Promise<void> | undefined;
  let reading = false;

  async function read(): Promise<void> {
    if (reading || position === undefined) return;
    reading = true;
    try {
      for (let count = batch; count === batch;) {
        const events = await readEvents(db, { after: position, limit: batch });
        count = events.length;
        for (const event of events) {
          position = Number(event.sequence);
          for (const take of followers) take(event);
        }
      }
    } catch (error) {
      onError(explain(error));
    } finally {
      reading = false;
    }
  }

  function wake(): void {
    timer ??= setInterval(() => void read(), lookAgainMilliseconds);
    unsubscribe = notices.on(sealedNotice, () => void read());
    began = lastSequence(db).then((last) => void (position = last));
    began.then(
      () => void read(),
      () => {},
    ); // whoever follows hears that it failed
  }

  function rest(): void {
    clearInterval(timer);
    timer = undefined;
    position = undefined;
    began = undefined;
    unsubscribe();
    unsubscribe = () => {};
  }

  return {
    follow: async (take) => {
      const stop = () => {
        followers.delete(take);
        if (followers.size === 0) rest();
      };
      followers.add(take);
      if (followers.size === 1) wake();
      try {
        await began;
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    close: rest,
  };
}
