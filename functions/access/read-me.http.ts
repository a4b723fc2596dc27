import { actions } from '../../shared/access/caller.ts';
import { MeView } from '../../shared/access/me.api.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';

export const readMe = httpFunction({
  name: 'read-me',
  route: 'GET /v1/me',
  summary: 'Who is signed in, and what they may do.',
  answer: MeView,
  allow: () => true,
  handle: async ({ caller }, { settings }) =>
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
});
