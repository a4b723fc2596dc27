import type { EdgeEvent } from '../../shared/domain/edge/edge.api.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { type DatacenterId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Journal } from '../kernel/journal.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { Uplink } from './uplink.ts';

type Envelope = 'id' | 'at' | 'datacenter';
/** An event without its envelope. Give it an `id` where the same event may be emitted again after a crash. */
export type EdgeEventBody = {
  [Kind in EdgeEvent['kind']]: Omit<Extract<EdgeEvent, { kind: Kind }>, Envelope>;
}[EdgeEvent['kind']] & { id?: string };

/** Resolves when the event is in the journal, on disk: the platform will receive it. Throws JournalFull. */
export type Emit = (body: EdgeEventBody) => Promise<void>;

export function createEmit({
  journal,
  uplink,
  time,
  log,
  datacenter,
}: {
  journal: Pick<Journal, 'append' | 'momentFor'>;
  uplink: Pick<Uplink, 'notify'>;
  time: Scheduler;
  log: EdgeLog;
  datacenter: DatacenterId;
}): Emit {
  return async (body) => {
    const moment = journal.momentFor(time.now());
    const event: EdgeEvent = { ...body, id: body.id ?? newId('event', moment), at: isoTime(moment), datacenter };
    try {
      await journal.append(event);
    } catch (error) {
      log.journalRefused({ datacenter, reason: explain(error) });
      throw error;
    }
    uplink.notify();
  };
}
