import { acceptEvents } from '../../shared/domain/edge/accept-events.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const edgeEvents = httpFunction(uplinkApi.events, async ({ caller, body: { events } }, deps) => {
  const foreign = events.find(({ datacenter }) => !caller.may('edge:report', { datacenterId: datacenter }));
  if (foreign)
    throw new AppError({
      code: 'edge.foreign-datacenter',
      kind: 'forbidden',
      publicMessage: `This agent does not speak for ${foreign.datacenter}.`,
    });
  await acceptEvents(caller.name, events, deps);
  return { status: 202, body: { accepted: events.length } };
});
