import { z } from 'zod';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { ProofView } from '../../shared/domain/proofs/proofs.api.ts';
import { proofsOf } from '../../shared/domain/proofs/proofs.db.ts';
import { proofsForTenant, proofView } from '../../shared/domain/proofs/views.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { page } from '../../shared/http/paging.ts';
import { ServerId } from '../../shared/kernel/ids.ts';

export const assetProofs = httpFunction({
  name: 'asset-proofs',
  route: 'GET /v1/assets/{id}/proofs',
  summary: 'What was proved of a server, the newest first. A tenant reads what was proved when it was handed over.',
  params: z.object({ id: ServerId }),
  answer: page(ProofView),
  allow: ({ caller }) => caller.may('asset:read') || caller.may('server:read'),
  handle: async ({ caller, params }, { db }) => {
    const asset = await findAsset(db, params.id);
    const isOurs = asset && caller.may('asset:read', asset);
    const isTheirs = asset && asset.tenantId !== null && caller.may('server:read', asset);
    if (!isOurs && !isTheirs) throw notFound('asset', params.id);
    const proofs = await proofsOf(db, asset.id);
    return ok({ items: isOurs ? proofs.map(proofView) : proofsForTenant(proofs, asset.tenantId ?? ''), next: null });
  },
});
