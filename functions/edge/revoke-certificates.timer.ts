import { certificatesToRevoke, forgetOldCertificates, noteRevoked } from '../../shared/domain/edge/agents.db.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

/**
 * Tells the authority which certificates count no more, for whoever asks it instead of us. We ourselves let a revoked
 * agent in no longer from the moment it was revoked; so an authority that does not answer is asked again, by the clock.
 */
export async function revokeCertificates({ db, clock, authority, log }: Deps): Promise<void> {
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

export const revokeCertificatesTimer = timerFunction({
  name: 'revoke-certificates',
  schedule: '0 */5 * * * *',
  run: revokeCertificates,
});
