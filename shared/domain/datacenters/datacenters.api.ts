import { z } from 'zod';

export const DatacenterView = z.object({ id: z.string(), name: z.string(), region: z.string() });
