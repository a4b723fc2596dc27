import { serversApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const readServer = httpFunction(serversApi.read, async ({ caller, params }, { db }) => {
  const asset = await findAsset(db, params.id);
  if (!asset || asset.tenantId === null || !caller.may('server:read', asset)) throw notFound('server', params.id);
  return ok(asset, asset.version);
});
