import { z } from 'zod';
import { ServerView } from '../../shared/domain/assets/assets.api.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { ServerId } from '../../shared/kernel/ids.ts';

export const readServer = httpFunction({
  name: 'read-server',
  route: 'GET /v1/servers/{id}',
  summary: 'One server of a tenant.',
  params: z.object({ id: ServerId }),
  answer: ServerView,
  allow: ({ caller }) => caller.may('server:read'),
  handle: async ({ caller, params }, { db }) => {
    const asset = await findAsset(db, params.id);
    if (!asset || asset.tenantId === null || !caller.may('server:read', asset)) throw notFound('server', params.id);
    return ok(asset, asset.version);
  },
});
