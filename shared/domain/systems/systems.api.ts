import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page } from '../../kernel/api/paging.ts';

/** An outside system as operators see it. No secret and no name of an account is in it. */
export const SystemView = z.object({
  name: z.string(),
  title: z.string(),
  isOn: z.boolean(),
  /** Whether the platform starts without it. */
  isOptional: z.boolean(),
  /** Where it is reached; null while it is off. */
  address: z.string().nullable(),
  /** The settings that turn it on. */
  settings: z.array(z.string()),
  /** What Rackline does with it, and what happens without it. */
  capabilities: z.array(z.object({ name: z.string(), without: z.string() })),
});
export type SystemView = z.infer<typeof SystemView>;

export const systemsApi = {
  list: contract({
    name: 'list-systems',
    route: 'GET /v1/systems',
    summary: 'Outside systems: which are on, which are off, and what is not done without them.',
    audience: 'users',
    permission: 'system:read',
    answer: page(SystemView),
  }),
};
