import { ups } from '../../../shared/adapters/ups/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { upsAccount, upsSimulator } from './ups.ts';

export const upsStandIn = standIn(ups, upsSimulator, ({ url }) => ({
  UPS_URL: url,
  UPS_CLIENT_ID: upsAccount.clientId,
  UPS_CLIENT_SECRET: upsAccount.clientSecret,
}));
