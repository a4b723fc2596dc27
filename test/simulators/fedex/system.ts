import { fedex } from '../../../shared/adapters/fedex/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { fedexAccount, fedexSimulator } from './fedex.ts';

export const fedexStandIn = standIn(fedex, fedexSimulator, ({ url }) => ({
  FEDEX_URL: url,
  FEDEX_CLIENT_ID: fedexAccount.clientId,
  FEDEX_CLIENT_SECRET: fedexAccount.clientSecret,
}));
