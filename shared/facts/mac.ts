import { z } from 'zod';

/** A MAC address as people and tools write it. */
export const MacText = z.string().regex(/^[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}$/i, 'must be a MAC address');
