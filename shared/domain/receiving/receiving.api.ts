import { z } from 'zod';
import { MacText } from '../../facts/mac.ts';
import { Note } from '../../kernel/text.ts';

export const ReceiveItem = z.object({
  serial: z.string().trim().min(1).max(64),
  macs: z.array(MacText).min(1).max(32),
  condition: z.enum(['good', 'damaged']),
  note: Note.optional(),
  photos: z.array(z.string().max(500)).max(20).default([]),
});
export const ReceivedItem = z.object({ serial: z.string(), state: z.string(), remaining: z.number() });
