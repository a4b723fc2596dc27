import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { listAssets as readAssets } from '../../shared/domain/assets/assets.db.ts';
import { assetView } from '../../shared/domain/assets/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listAssets = httpFunction(assetsApi.list, async ({ caller, query }, { db }) => {
  const assets = await readAssets(db, {
    ...query,
    datacenterId: query.datacenter,
    datacenterIds: caller.datacenterFilter('asset:read'),
    limit: query.limit + 1,
  });
  return ok(cut(assets.map(assetView), query.limit, ({ id }) => id));
});
