import { hpeQuoting } from '../../../shared/adapters/hpe-quoting/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { hpeAccount, hpeSimulator } from './hpe.ts';

export const hpeStandIn = standIn(hpeQuoting, hpeSimulator, ({ url }) => ({
  HPE_QUOTING_URL: url,
  HPE_QUOTING_CLIENT_ID: hpeAccount.clientId,
  HPE_QUOTING_CLIENT_SECRET: hpeAccount.clientSecret,
}));
