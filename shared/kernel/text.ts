import { z } from 'zod';

/** Why somebody does something: it stands in the audit, in events and on pages. */
export const Reason = z.string().trim().min(1).max(1000);
/** What somebody wants to be read with what they did. */
export const Note = z.string().trim().max(2000);
