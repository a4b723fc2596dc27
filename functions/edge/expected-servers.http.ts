import { digestOfExpected, listExpected } from '../../shared/domain/edge/expected.db.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok, unchanged } from '../../shared/http/reply.ts';
import { versionOf } from './version-of.ts';

/** To be raised with whatever else the list is made of than what stands in the database. */
const form = 1;

export const expectedServers = httpFunction(
  uplinkApi.expected,
  async ({ caller, query: { datacenter }, hasAlready }, { db }) => {
    if (datacenter !== undefined && !caller.may('edge:expect', { datacenterId: datacenter }))
      throw notFound('datacenter', datacenter);
    const datacenterIds = datacenter === undefined ? caller.datacenterIds : [datacenter];
    const version = versionOf([form, await digestOfExpected(db, datacenterIds)]);
    return hasAlready(version) ? unchanged(version) : ok({ servers: await listExpected(db, datacenterIds) }, version);
  },
);
