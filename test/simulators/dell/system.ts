import { dellQuoting } from '../../../shared/adapters/dell-quoting/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { dellAccount, dellSimulator } from './dell.ts';

export const dellStandIn = standIn(dellQuoting, dellSimulator, ({ url }) => ({
  DELL_QUOTING_URL: url,
  DELL_QUOTING_CLIENT_ID: dellAccount.clientId,
  DELL_QUOTING_CLIENT_SECRET: dellAccount.clientSecret,
}));
