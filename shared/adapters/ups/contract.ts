// UPS OAuth client credentials and Track API v1 (developer.ups.com). UPS marks no field of an answer as required.
import { z } from 'zod';

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

const Status = z.object({ type: z.string().trim().optional(), description: z.string().trim().optional() });

export const Activity = z.object({
  status: Status.optional(),
  /** YYYYMMDD and HHMMSS at the place of the scan. */
  date: z.string().optional(),
  time: z.string().optional(),
  gmtDate: z.string().optional(),
  gmtTime: z.string().optional(),
});
export const Package = z.object({
  trackingNumber: z.string().optional(),
  /** Latest first. */
  activity: z.array(Activity).optional(),
  currentStatus: Status.optional(),
  /** SDD scheduled, RDD rescheduled, DEL delivered; YYYYMMDD. */
  deliveryDate: z.array(z.object({ type: z.string().optional(), date: z.string().optional() })).optional(),
});
export const TrackAnswer = z.object({
  trackResponse: z
    .object({ shipment: z.array(z.object({ package: z.array(Package).optional() })).optional() })
    .optional(),
});
export type Package = z.infer<typeof Package>;
