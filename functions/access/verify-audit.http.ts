import { z } from 'zod';
import { verifyChain } from '../../shared/events/log.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';

export const verifyAudit = httpFunction({
  name: 'verify-audit',
  route: 'GET /v1/audit/verify',
  summary: 'Walk the hash chain of the event log: how many events hold, and the first that does not.',
  answer: z.object({
    verified: z.number().int(),
    brokenAt: z.object({ sequence: z.number().int(), eventId: z.string() }).nullable(),
  }),
  allow: ({ caller }) => caller.may('audit:read'),
  handle: async (_input, { db }) => {
    const { verified, brokenAt } = await verifyChain(db);
    return ok({ verified, brokenAt: brokenAt ?? null });
  },
});
