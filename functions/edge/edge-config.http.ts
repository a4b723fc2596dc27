import { z } from 'zod';
import { findDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { AgentVersion, EdgeConfiguration } from '../../shared/domain/edge/agents.api.ts';
import { noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { findRelease } from '../../shared/domain/edge/releases.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { versionOf } from './version-of.ts';

export const edgeConfig = httpFunction({
  name: 'edge-config',
  route: 'GET /v1/edge/config',
  summary:
    'What the agent that asks has to know of its datacenter. It says what it runs. With If-None-Match it ' +
    'answers 304 while nothing has changed.',
  query: z.object({ version: AgentVersion }),
  answer: EdgeConfiguration,
  allow: ({ caller }) => caller.may('edge:configure'),
  handle: async ({ caller, query: { version } }, { db, clock, settings }) => {
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
});
