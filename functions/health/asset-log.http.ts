import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcLogOf } from '../../shared/domain/health/bmc-log.db.ts';
import { logLine } from '../../shared/domain/health/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const assetLog = httpFunction(assetsApi.log, {
  find: findAsset,
  handle: async ({ subject: asset, query }, { db }) => {
    const entries = await bmcLogOf(db, asset.id, { limit: query.limit + 1, before: query.after });
    return ok(cut(entries.map(logLine), query.limit, ({ id }) => id));
  },
});
