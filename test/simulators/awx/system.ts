import { awx } from '../../../shared/adapters/awx/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { awxAccount, awxSimulator } from './awx.ts';

export const awxStandIn = standIn(awx, awxSimulator, ({ url }) => ({
  AWX_URL: url,
  AWX_TOKEN: awxAccount.token,
}));
