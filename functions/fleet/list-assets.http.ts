import { z } from 'zod';
import { AssetView } from '../../shared/domain/assets/assets.api.ts';
import { listAssets as readAssets } from '../../shared/domain/assets/assets.db.ts';
import { assetView } from '../../shared/domain/assets/views.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';
import { Condition, State } from '../../shared/lifecycle/states.ts';

export const listAssets = httpFunction({
  name: 'list-assets',
  route: 'GET /v1/assets',
  summary: 'Every server we know, newest first.',
  query: PageQuery.extend({
    datacenter: z.string().optional(),
    state: State.optional(),
    condition: Condition.optional(),
    orderId: z.string().optional(),
    search: z.string().max(100).optional(),
  }),
  answer: page(AssetView),
  allow: ({ caller }) => caller.may('asset:read'),
  handle: async ({ caller, query }, { db }) => {
    const assets = await readAssets(db, {
      ...query,
      datacenterId: query.datacenter,
      datacenterIds: caller.datacenterFilter('asset:read'),
      limit: query.limit + 1,
    });
    return ok(cut(assets.map(assetView), query.limit, ({ id }) => id));
  },
});
