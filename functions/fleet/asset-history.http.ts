import { z } from 'zod';
import { HistoryEntry } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { historyOf } from '../../shared/domain/assets/views.ts';
import { readEvents } from '../../shared/events/log.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { page } from '../../shared/http/paging.ts';
import { ServerId } from '../../shared/kernel/ids.ts';

export const assetHistory = httpFunction({
  name: 'asset-history',
  route: 'GET /v1/assets/{id}/history',
  summary: "A server's states, from the order line on, and what its datacenter saw of it.",
  params: z.object({ id: ServerId }),
  answer: page(HistoryEntry),
  allow: ({ caller }) => caller.may('asset:read'),
  handle: async ({ caller, params }, { db }) => {
    const asset = await findAsset(db, params.id);
    if (!asset || !caller.may('asset:read', asset)) throw notFound('asset', params.id);
    const events = await readEvents(db, { subject: asset.id, limit: 1000 });
    return ok({ items: historyOf(events), next: null });
  },
});
