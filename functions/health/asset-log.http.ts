import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcLogOf } from '../../shared/domain/health/bmc-log.db.ts';
import { logLine } from '../../shared/domain/health/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const assetLog = httpFunction(assetsApi.log, async ({ caller, params, query }, { db }) => {
  const asset = await findAsset(db, params.id);
  if (!asset || !caller.may('asset:read', asset)) throw notFound('asset', params.id);
  const entries = await bmcLogOf(db, asset.id, { limit: query.limit + 1, before: query.after });
  return ok(cut(entries.map(logLine), query.limit, ({ id }) => id));
});
