import { z } from 'zod';
import { SystemView } from '../../shared/domain/systems/systems.api.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';

export const listSystems = httpFunction({
  name: 'list-systems',
  route: 'GET /v1/systems',
  summary: 'Outside systems: which are on, which are off, and what is not done without them.',
  answer: z.object({ items: z.array(SystemView) }),
  allow: ({ caller }) => caller.may('system:read'),
  handle: async (_request, { systems }) => ok({ items: [...systems] }),
});
