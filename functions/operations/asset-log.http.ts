import { z } from 'zod';
import { BmcLogLine } from '../../shared/api/operations.ts';
import { cut, numberCursor, page, PageQuery } from '../../shared/api/paging.ts';
import { logLine } from '../../shared/api/project.ts';
import { findAsset } from '../../shared/db/assets.ts';
import { bmcLogOf } from '../../shared/db/bmc-log.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { ServerId } from '../../shared/ids.ts';

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
