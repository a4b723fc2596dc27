import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { proofsApi } from '../../shared/domain/proofs/proofs.api.ts';
import { proofsOf } from '../../shared/domain/proofs/proofs.db.ts';
import { proofsForTenant, proofView } from '../../shared/domain/proofs/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const assetProofs = httpFunction(proofsApi.list, {
  find: findAsset,
  handle: async ({ subject: asset, caller }, { db }) => {
    const proofs = await proofsOf(db, asset.id);
    const isOurs = caller.may('asset:read', asset);
    return ok({ items: isOurs ? proofs.map(proofView) : proofsForTenant(proofs, asset.tenantId ?? ''), next: null });
  },
});
