import { contentVersion } from '../../shared/domain/edge/content-version.ts';
import { digestOfExpected, listExpected } from '../../shared/domain/edge/expected.db.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok, unchanged } from '../../shared/http/reply.ts';

/** Raise it when the answer changes its shape while the rows behind it do not. */
const format = 2;

export const expectedServers = httpFunction(
  uplinkApi.expected,
  async ({ caller, query: { datacenter }, hasAlready }, { db }) => {
    if (datacenter !== undefined && !caller.may('edge:expect', { datacenterId: datacenter }))
      throw notFound('datacenter', datacenter);
    const datacenterIds = datacenter === undefined ? caller.datacenterIds : [datacenter];
    const version = contentVersion([format, await digestOfExpected(db, datacenterIds)]);
    return hasAlready(version) ? unchanged(version) : ok({ servers: await listExpected(db, datacenterIds) }, version);
  },
);
