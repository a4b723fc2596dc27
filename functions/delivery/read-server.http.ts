import { serversApi } from '../../shared/domain/assets/assets.api.ts';
import { findTenantServer } from '../../shared/domain/assets/assets.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readServer = httpFunction(serversApi.read, {
  find: findTenantServer,
  handle: async ({ subject: server }) => ok(server, server.version),
});
