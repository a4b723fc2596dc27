import { appendEvents } from '../../events/log.ts';
import { explain } from '../../kernel/errors/app-error.ts';
import type { Log } from '../../kernel/log/log.ts';
import {
  certificatesToRevoke,
  forgetOldCertificates,
  noteRevoked,
  revokeAgent as markRevoked,
  type EdgeAgent,
} from './agents.db.ts';
import type { CertifyDeps } from './certify-agent.ts';
import { agentRevoked } from './events.ts';

/** Revokes an agent at once and for good: its next call is refused. Revoking it again changes nothing. */
export async function revokeAgent(
  agent: EdgeAgent,
  { by, reason }: { by: string; reason: string },
  deps: CertifyDeps & { log: Log },
): Promise<void> {
  const { db, clock } = deps;
  const { id, datacenterId } = agent;
  await db.transaction(async (tx) => {
    if (await markRevoked(tx, clock, id, by, reason))
      await appendEvents(tx, clock, [
        agentRevoked({ subject: id, datacenterId, data: { agentId: id, datacenterId, by, reason } }),
      ]);
  });
  await revokeCertificates(deps);
}

/**
 * Revokes the certificates of revoked agents at the authority, for those who ask it instead of us: we refuse a revoked
 * agent from the moment it was revoked. An authority that does not answer is asked again at the next call.
 */
export async function revokeCertificates({ db, clock, authority, log }: CertifyDeps & { log: Log }): Promise<void> {
  for (const { serial, agentId } of await certificatesToRevoke(db, clock)) {
    try {
      await authority.revoke(serial);
      await noteRevoked(db, clock, serial);
    } catch (error) {
      log.certificateNotRevoked({ agentId, reason: explain(error) });
    }
  }
  await forgetOldCertificates(db, clock);
}
