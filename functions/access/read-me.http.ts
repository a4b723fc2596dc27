import { actions } from '../../shared/access/caller.ts';
import { meApi } from '../../shared/access/me.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readMe = httpFunction(meApi.read, async ({ caller }, { settings }) =>
  ok({
    id: caller.id,
    name: caller.name,
    displayName: caller.displayName,
    roles: caller.roles,
    tenantId: caller.tenantId ?? null,
    datacenterIds: caller.datacenterIds,
    may: actions.filter((action) => caller.may(action)),
    isLab: settings.isLab,
  }),
);
