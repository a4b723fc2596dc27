import { z } from 'zod';

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
