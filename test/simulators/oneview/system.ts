import { oneview } from '../../../shared/adapters/oneview/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { createOneViewSimulator, oneviewAccount } from './oneview.ts';

export const oneviewStandIn = standIn(oneview, createOneViewSimulator(), ({ url }) => ({
  ONEVIEW_URL: url,
  ONEVIEW_USERNAME: oneviewAccount.username,
  ONEVIEW_PASSWORD: oneviewAccount.password,
}));
