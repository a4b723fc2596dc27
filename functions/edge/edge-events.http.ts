import { z } from 'zod';
import { acceptEvents } from '../../shared/domain/edge/accept-events.ts';
import { EdgeEvents } from '../../shared/domain/edge/edge.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const edgeEvents = httpFunction({
  name: 'edge-events',
  route: 'POST /v1/edge/events',
  summary:
    'What an agent observed, and how its commands ended. Answered 202 when it is stored; sending it again changes ' +
    'nothing.',
  body: EdgeEvents,
  mostBodyBytes: 5_000_000,
  isRoutine: true,
  answer: z.object({ accepted: z.number().int() }),
  allow: ({ caller }) => caller.may('edge:report'),
  handle: async ({ caller, body: { events } }, deps) => {
    const foreign = events.find(({ datacenter }) => !caller.may('edge:report', { datacenterId: datacenter }));
    if (foreign)
      throw new AppError({
        code: 'edge.foreign-datacenter',
        kind: 'forbidden',
        publicMessage: `This agent does not speak for ${foreign.datacenter}.`,
      });
    await acceptEvents(caller.name, events, deps);
    return { status: 202, body: { accepted: events.length } };
  },
});
