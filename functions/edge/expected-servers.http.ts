import { z } from 'zod';
import { contentVersion } from '../../shared/domain/edge/content-version.ts';
import { ExpectedServers } from '../../shared/domain/edge/edge.api.ts';
import { digestOfExpected, listExpected } from '../../shared/domain/edge/expected.db.ts';
import { httpFunction, notFound, ok, unchanged } from '../../shared/http/http-function.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';

/** Raise it when the answer changes its shape while the rows behind it do not. */
const format = 2;

export const expectedServers = httpFunction({
  name: 'expected-servers',
  route: 'GET /v1/edge/expected',
  summary:
    "The servers of an agent's datacenter, to be kept there. With If-None-Match it answers 304 while " +
    'nothing has changed.',
  query: z.object({ datacenter: DatacenterId.optional() }),
  answer: ExpectedServers,
  allow: ({ caller }) => caller.may('edge:expect'),
  handle: async ({ caller, query: { datacenter }, hasAlready }, { db }) => {
    if (datacenter !== undefined && !caller.may('edge:expect', { datacenterId: datacenter }))
      throw notFound('datacenter', datacenter);
    const datacenterIds = datacenter === undefined ? caller.datacenterIds : [datacenter];
    const version = contentVersion([format, await digestOfExpected(db, datacenterIds)]);
    return hasAlready(version) ? unchanged(version) : ok({ servers: await listExpected(db, datacenterIds) }, version);
  },
});
