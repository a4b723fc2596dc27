// AWX / automation controller REST API v2, as recorded from 24.6.1. Lists are `{count, next, previous, results}`.
import { z } from 'zod';

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ next: z.string().nullable().optional(), results: z.array(item) });

export const JobTemplate = z.object({ id: z.number().int(), name: z.string(), inventory: z.number().int().nullable() });

export const Host = z.object({ id: z.number().int(), name: z.string(), description: z.string().optional() });

export const Job = z.object({
  id: z.number().int(),
  /** new pending waiting running, then successful failed error canceled. */
  status: z.string(),
  /** A JSON text, or YAML where a person launched it. */
  extra_vars: z.string().optional(),
  artifacts: z.record(z.string(), z.unknown()).nullish(),
  job_explanation: z.string().optional(),
});
export type Job = z.infer<typeof Job>;

export const Launched = z.object({
  id: z.number().int(),
  ignored_fields: z.record(z.string(), z.unknown()).optional(),
});

/** `{field: ['complaint']}`, `{detail: '…'}` or `{variables_needed_to_start: […]}`. */
export const Refusal = z.record(z.string(), z.unknown());
