import { z } from 'zod';
import { forReader, readableBy } from '../../shared/access/readers.ts';
import { CloudEvent } from '../../shared/events/cloud-event.ts';
import { readEvents } from '../../shared/events/log.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { page, PageQuery } from '../../shared/http/paging.ts';

export const listEvents = httpFunction({
  name: 'list-events',
  route: 'GET /v1/events',
  summary: 'What happened, in order. `after` is the sequence of the last event already seen.',
  query: PageQuery.extend({ after: z.coerce.number().int().min(0).optional(), subject: z.string().optional() }),
  answer: page(CloudEvent),
  allow: ({ caller }) => caller.may('event:read'),
  handle: async ({ caller, query }, { db }) => {
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
  },
});
