import { z } from 'zod';
import { page } from '../../shared/api/paging.ts';
import { HistoryEntry } from '../../shared/api/operations.ts';
import { findAsset } from '../../shared/db/assets.ts';
import { AssetChanged } from '../../shared/events/catalog.ts';
import { readEvents } from '../../shared/events/log.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { ServerId } from '../../shared/ids.ts';

export const assetHistory = httpFunction({
  name: 'asset-history',
  route: 'GET /v1/assets/{id}/history',
  summary: "A server's states, from the order line on.",
  params: z.object({ id: ServerId }),
  answer: page(HistoryEntry),
  allow: ({ caller }) => caller.may('asset:read'),
  handle: async ({ caller, params }, { db }) => {
    const asset = await findAsset(db, params.id);
    if (!asset || !caller.may('asset:read', asset)) throw notFound('asset', params.id);
    const events = await readEvents(db, { subject: asset.id, limit: 1000 });
    const items = events.flatMap(({ id, time, data }) => {
      const change = AssetChanged.safeParse(data);
      return change.success ? [{ ...change.data, at: time, eventId: id }] : [];
    });
    return ok({ items, next: null });
  },
});
