import { revokeCertificates } from '../../shared/domain/edge/revoke-agent.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

export const revokeCertificatesTimer = timerFunction({
  name: 'revoke-certificates',
  schedule: '0 */5 * * * *',
  run: revokeCertificates,
});
