import { z } from 'zod';
import { contract } from '../kernel/api/contract.ts';
import { page, PageQuery } from '../kernel/api/paging.ts';
import { CloudEvent } from './cloud-event.ts';

export const eventsApi = {
  list: contract({
    name: 'list-events',
    route: 'GET /v1/events',
    summary: 'What happened, in order. `after` is the sequence of the last event already seen.',
    audience: 'users',
    permission: 'event:read',
    query: PageQuery.extend({
      after: z.coerce.number<number | string>().int().min(0).optional(),
      subject: z.string().optional(),
    }),
    answer: page(CloudEvent),
  }),
};
