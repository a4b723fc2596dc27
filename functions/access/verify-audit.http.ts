import { auditApi } from '../../shared/access/audit.api.ts';
import { verifyChain } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const verifyAudit = httpFunction(auditApi.verify, async (_input, { db }) => {
  const { verified, brokenAt } = await verifyChain(db);
  return ok({ verified, brokenAt: brokenAt ?? null });
});
