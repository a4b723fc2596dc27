import { forReader, readableBy } from '../../shared/access/readers.ts';
import { eventsApi } from '../../shared/events/events.api.ts';
import { readEvents } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const listEvents = httpFunction(eventsApi.list, async ({ caller, query }, { db }) => {
  const events = await readEvents(db, {
    readable: readableBy(caller),
    after: query.after ?? 0,
    ...(query.subject !== undefined && { subject: query.subject }),
    limit: query.limit,
  });
  const last = events.at(-1)?.sequence;
  return ok({
    items: events.flatMap((event) => forReader(caller, event) ?? []),
    next: events.length === query.limit && last !== undefined ? String(Number(last)) : null,
  });
});
