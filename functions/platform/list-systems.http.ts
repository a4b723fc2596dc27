import { systemsApi } from '../../shared/domain/systems/systems.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const listSystems = httpFunction(systemsApi.list, async (_input, { systems }) =>
  ok({ items: [...systems], next: null }),
);
