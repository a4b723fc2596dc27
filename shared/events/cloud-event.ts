import { z } from 'zod';

/** CloudEvents 1.0, JSON format, with the extension attributes this platform adds. */
export const CloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  type: z.string().startsWith('com.rackline.'),
  source: z.string().min(1),
  subject: z.string().min(1),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  /** Extension: keeps the order of one asset's or order's events on the bus. */
  partitionkey: z.string(),
  /** Extension: place in the chain, once sealed. */
  sequence: z.string().optional(),
  tenantid: z.string().optional(),
  datacenterid: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type CloudEvent = z.infer<typeof CloudEvent>;
