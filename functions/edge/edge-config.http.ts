import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import type { EdgeConfiguration } from '../../shared/domain/edge/agents.api.ts';
import { noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { findRelease } from '../../shared/domain/edge/releases.db.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';
import { versionOf } from './version-of.ts';

export const edgeConfig = httpFunction(
  uplinkApi.configuration,
  async ({ caller, query: { version } }, { db, clock, settings }) => {
    if (caller.agentId) await noteSeen(db, clock, caller.agentId, version);
    const datacenter = await findDatacenter(db, caller.datacenterIds[0] ?? '');
    if (!datacenter) throw notFound('datacenter', caller.datacenterIds[0] ?? '');
    const release = await findRelease(db, datacenter.id);
    const configuration: EdgeConfiguration = {
      datacenter: datacenter.id,
      managementPrefixes: datacenter.managementPrefixes,
      pullSeconds: settings.edgePullSeconds,
      release: release
        ? { version: release.version, url: release.url, sha256: release.sha256, signature: release.signature }
        : null,
    };
    return ok(configuration, versionOf(configuration));
  },
);
