import { configurationOf } from '../../shared/domain/edge/agent-configuration.ts';
import { noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { contentVersion } from '../../shared/domain/edge/content-version.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const edgeConfig = httpFunction(
  uplinkApi.configuration,
  async ({ caller, query: { version } }, { db, clock, settings }) => {
    if (caller.agentId) await noteSeen(db, clock, caller.agentId, version);
    const datacenterId = caller.datacenterIds[0] ?? '';
    const configuration = await configurationOf(db, datacenterId, settings.edgePullSeconds);
    if (!configuration) throw notFound('datacenter', datacenterId);
    return ok(configuration, contentVersion(configuration));
  },
);
