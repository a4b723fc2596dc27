import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset, getAsset } from '../../shared/domain/assets/assets.db.ts';
import { assetDetail } from '../../shared/domain/assets/views.ts';
import { findBmcHealth } from '../../shared/domain/health/bmc-health.db.ts';
import { findingsOf, waiveFinding } from '../../shared/domain/validation/findings.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { liftQuarantine } from '../../shared/lifecycle/condition.ts';

export const actOnAsset = httpFunction(assetsApi.act, {
  find: findAsset,
  handle: async ({ subject: asset, caller, body }, { db, clock }) => {
    const who = { by: caller.name, reason: body.reason };
    if (body.action === 'waive-finding') await waiveFinding(db, clock, asset, body.findingId, who);
    else await liftQuarantine(db, clock, asset.id, who);
    return ok(
      assetDetail(await getAsset(db, asset.id), await findingsOf(db, asset.id), await findBmcHealth(db, asset.id)),
    );
  },
});
