import type { EdgeEvent } from '../../shared/domain/edge/edge.api.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { type DatacenterId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import type { Journal } from '../kernel/journal.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { EdgeTime } from '../kernel/time.ts';
import type { Uplink } from './uplink.ts';

type Envelope = 'id' | 'at' | 'datacenter';
/** An event without what every event has. One that may be told again under the same `id` is known by it. */
export type News = {
  [Kind in EdgeEvent['kind']]: Omit<Extract<EdgeEvent, { kind: Kind }>, Envelope>;
}[EdgeEvent['kind']] & { id?: string };

/** Resolves when the news is on disk: from then on the platform will hear of it. Throws JournalFull. */
export type Tell = (news: News) => Promise<void>;

export function createTell({
  journal,
  uplink,
  time,
  log,
  datacenter,
}: {
  journal: Pick<Journal, 'append' | 'momentFor'>;
  uplink: Pick<Uplink, 'notify'>;
  time: EdgeTime;
  log: EdgeLog;
  datacenter: DatacenterId;
}): Tell {
  return async (news) => {
    const moment = journal.momentFor(time.now());
    const event: EdgeEvent = { ...news, id: news.id ?? newId('event', moment), at: isoTime(moment), datacenter };
    try {
      await journal.append(event);
    } catch (error) {
      log.journalRefused({ datacenter, reason: explain(error) });
      throw error;
    }
    uplink.notify();
  };
}
