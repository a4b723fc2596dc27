import { z } from 'zod';
import { EdgeEvents } from '../../shared/api/edge.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { publishReports } from '../../shared/events/reports.ts';
import { httpFunction } from '../../shared/http/http-function.ts';

export const edgeEvents = httpFunction({
  name: 'edge-events',
  route: 'POST /v1/edge/events',
  summary: 'What a datacenter has seen. Accepted when it is on the bus; sending it again changes nothing.',
  body: EdgeEvents,
  answer: z.object({ accepted: z.number().int() }),
  allow: ({ caller }) => caller.may('edge:report'),
  handle: async ({ caller, body }, { db, publisher }) => {
    const foreign = body.events.find(({ datacenter }) => !caller.may('edge:report', { datacenterId: datacenter }));
    if (foreign) throw new AppError({ code: 'edge.foreign-datacenter', kind: 'forbidden', publicMessage: `This agent does not speak for ${foreign.datacenter}.` });
    await db.transaction((tx) => publishReports(tx, publisher, body.events));
    return { status: 202, body: { accepted: body.events.length } };
  },
});
