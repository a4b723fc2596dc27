import type { z } from 'zod';
import type { EnrolAgent } from '../../shared/domain/edge/agents.api.ts';
import { secondsUntilHeard, useCode, type LetIn } from '../../shared/domain/edge/enrolments.db.ts';
import { agentEnrolled } from '../../shared/domain/edge/events.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { addressOf } from '../../shared/http/who-asks.ts';
import { keyFingerprint, readRequest } from '../../shared/kernel/certificate-request.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { certifyAgent } from './certify-agent.ts';

export const enrolAgent = httpFunction(uplinkApi.enrol, async ({ body, request }, deps) => {
  const agent = await letIn(body, addressOf(request), deps);
  return {
    status: 200,
    body: await certifyAgent({ agentId: agent.id, datacenter: agent.datacenterId }, body.csr, deps),
    actedAs: `edge:${agent.id}`,
  };
});

async function letIn(
  { code, csr, version }: z.infer<typeof EnrolAgent>,
  address: string,
  { db, clock }: Deps,
): Promise<LetIn> {
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
      publicMessage: 'This code lets nobody in: it is wrong, over an hour old, or used. Ask operations for another.',
    });
  return agent;
}
