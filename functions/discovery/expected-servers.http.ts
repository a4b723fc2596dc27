import { z } from 'zod';
import { ExpectedServers } from '../../shared/api/edge.ts';
import { listExpected } from '../../shared/db/assets.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { DatacenterId } from '../../shared/ids.ts';
import { versionOf } from './version-of.ts';

export const expectedServers = httpFunction({
  name: 'expected-servers',
  route: 'GET /v1/edge/expected',
  summary: 'The servers of an agent\'s datacenter, to be kept there. With If-None-Match it answers 304 while nothing has changed.',
  query: z.object({ datacenter: DatacenterId.optional() }),
  answer: ExpectedServers,
  allow: ({ caller }) => caller.may('edge:expect'),
  handle: async ({ caller, query: { datacenter } }, { db }) => {
    if (datacenter !== undefined && !caller.may('edge:expect', { datacenterId: datacenter })) throw notFound('datacenter', datacenter);
    const servers = await listExpected(db, datacenter === undefined ? caller.datacenterIds : [datacenter]);
    return ok({ servers }, versionOf(servers));
  },
});
