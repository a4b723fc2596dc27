import type { z } from 'zod';
import { appendEvents } from '../../events/log.ts';
import { keyFingerprint, readRequest } from '../../kernel/certificate-request.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { AgentIdentity, EnrolAgent } from './agents.api.ts';
import { certifyAgent, type CertifyDeps } from './certify-agent.ts';
import { secondsUntilHeard, useCode, type EnrolledAgent } from './enrolments.db.ts';
import { agentEnrolled } from './events.ts';

/**
 * Enrols the holder of a code as an agent and certifies its key. Repeated with the same key it answers the same agent.
 * `address` is where the request came from. Throws `edge.too-many-codes` and `edge.code-refused`.
 */
export async function enrolAgent(
  wish: z.infer<typeof EnrolAgent>,
  address: string,
  deps: CertifyDeps,
): Promise<AgentIdentity> {
  const agent = await admit(wish, address, deps);
  return certifyAgent({ agentId: agent.id, datacenter: agent.datacenterId }, wish.csr, deps);
}

async function admit(
  { code, csr, version }: z.infer<typeof EnrolAgent>,
  address: string,
  { db, clock }: CertifyDeps,
): Promise<EnrolledAgent> {
  const wait = await secondsUntilHeard(db, clock, address);
  if (wait > 0)
    throw new AppError({
      code: 'edge.too-many-codes',
      kind: 'too-many',
      publicMessage: 'Too many wrong codes came from this address. Wait, and use the code that you were given.',
      retryAfterSeconds: wait,
    });
  const fingerprint = keyFingerprint(readRequest(csr));
  const agent = await db.transaction(async (tx) => {
    const known = await useCode(tx, clock, { code, keyFingerprint: fingerprint, version, address });
    if (known?.isNew)
      await appendEvents(tx, clock, [
        agentEnrolled({
          subject: known.id,
          datacenterId: known.datacenterId,
          data: { agentId: known.id, datacenterId: known.datacenterId, version, from: address },
        }),
      ]);
    return known;
  });
  if (!agent)
    throw new AppError({
      code: 'edge.code-refused',
      kind: 'forbidden',
      publicMessage: 'This code is not valid: it is wrong, over an hour old, or used. Ask operations for another.',
    });
  return agent;
}
