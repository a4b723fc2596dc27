import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { historyOf } from '../../shared/domain/assets/views.ts';
import { readEvents } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const assetHistory = httpFunction(assetsApi.history, {
  find: findAsset,
  handle: async ({ subject: asset }, { db }) => {
    const events = await readEvents(db, { subject: asset.id, limit: 1000 });
    return ok({ items: historyOf(events), next: null });
  },
});
