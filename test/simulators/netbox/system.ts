import { netbox } from '../../../shared/adapters/netbox/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { netboxAccount, netboxSimulator } from './netbox.ts';

export const netboxStandIn = standIn(netbox, netboxSimulator, ({ url }) => ({
  NETBOX_URL: url,
  NETBOX_TOKEN: netboxAccount.token,
}));
