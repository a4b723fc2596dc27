import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { assetDetail } from '../../shared/domain/assets/views.ts';
import { findBmcHealth } from '../../shared/domain/health/bmc-health.db.ts';
import { findingsOf } from '../../shared/domain/validation/findings.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readAsset = httpFunction(assetsApi.read, {
  find: findAsset,
  handle: async ({ subject: asset }, { db }) => {
    return ok(assetDetail(asset, await findingsOf(db, asset.id), await findBmcHealth(db, asset.id)), asset.version);
  },
});
