import { openmanage } from '../../../shared/adapters/openmanage/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { createOpenManageSimulator, openmanageAccount } from './openmanage.ts';

export const openmanageStandIn = standIn(openmanage, createOpenManageSimulator(), ({ url }) => ({
  OPENMANAGE_URL: url,
  OPENMANAGE_USERNAME: openmanageAccount.username,
  OPENMANAGE_PASSWORD: openmanageAccount.password,
}));
