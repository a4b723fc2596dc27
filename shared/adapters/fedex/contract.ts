// FedEx OAuth client credentials and Track API v1 (developer.fedex.com). FedEx marks no field of an answer as required.
import { z } from 'zod';

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

const word = z.string().trim().max(500).optional();

export const TrackResult = z.object({
  trackingNumberInfo: z.object({ trackingNumber: word }).optional(),
  latestStatusDetail: z.object({ code: word, derivedCode: word, description: word }).optional(),
  /** ACTUAL_DELIVERY, ESTIMATED_DELIVERY, COMMITMENT …; ISO 8601, with an offset or without. */
  dateAndTimes: z.array(z.object({ type: word, dateTime: word })).optional(),
  scanEvents: z.array(z.object({ eventDescription: word })).optional(),
  /** FedEx answers 200 and says here that it does not know a number. */
  error: z.object({ code: word, message: word }).optional(),
});
export type TrackResult = z.infer<typeof TrackResult>;

export const TrackAnswer = z.object({
  output: z
    .object({
      completeTrackResults: z
        .array(z.object({ trackingNumber: word, trackResults: z.array(TrackResult).optional() }))
        .optional(),
    })
    .optional(),
});
