import { z } from 'zod';
import { AssetAction, AssetDetail } from '../../shared/domain/assets/assets.api.ts';
import { findAsset, getAsset } from '../../shared/domain/assets/assets.db.ts';
import { assetDetail } from '../../shared/domain/assets/views.ts';
import { findBmcHealth } from '../../shared/domain/health/bmc-health.db.ts';
import { findingsOf, waiveFinding } from '../../shared/domain/validation/findings.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { liftQuarantine } from '../../shared/lifecycle/condition.ts';

export const actOnAsset = httpFunction({
  name: 'act-on-asset',
  route: 'POST /v1/assets/{id}/actions',
  summary:
    'What operations may do about a server, with a reason: let a finding stand, or take the server out of quarantine.',
  params: z.object({ id: ServerId }),
  body: AssetAction,
  answer: AssetDetail,
  allow: ({ caller }) => caller.may('asset:operate'),
  handle: async ({ caller, params, body }, { db, clock }) => {
    const asset = await findAsset(db, params.id);
    if (!asset || !caller.may('asset:operate', asset)) throw notFound('asset', params.id);
    const who = { by: caller.name, reason: body.reason };
    if (body.action === 'waive-finding') await waiveFinding(db, clock, asset, body.findingId, who);
    else await liftQuarantine(db, clock, asset.id, who);
    return ok(
      assetDetail(await getAsset(db, asset.id), await findingsOf(db, asset.id), await findBmcHealth(db, asset.id)),
    );
  },
});
