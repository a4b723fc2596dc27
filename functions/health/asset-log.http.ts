import { z } from 'zod';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcLogOf } from '../../shared/domain/health/bmc-log.db.ts';
import { BmcLogLine } from '../../shared/domain/health/health.api.ts';
import { logLine } from '../../shared/domain/health/views.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { cut, numberCursor, page, PageQuery } from '../../shared/http/paging.ts';
import { ServerId } from '../../shared/kernel/ids.ts';

export const assetLog = httpFunction({
  name: 'asset-log',
  route: 'GET /v1/assets/{id}/log',
  summary: "What a server's management controller has logged, newest first.",
  params: z.object({ id: ServerId }),
  query: PageQuery.extend({ after: numberCursor }),
  answer: page(BmcLogLine),
  allow: ({ caller }) => caller.may('asset:read'),
  handle: async ({ caller, params, query }, { db }) => {
    const asset = await findAsset(db, params.id);
    if (!asset || !caller.may('asset:read', asset)) throw notFound('asset', params.id);
    const entries = await bmcLogOf(db, asset.id, { limit: query.limit + 1, before: query.after });
    return ok(cut(entries.map(logLine), query.limit, ({ id }) => id));
  },
});
