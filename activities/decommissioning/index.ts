import type { Step } from '../../shared/saga/step.ts';
import { awaitDecommissionDecision } from './await-decommission-decision.ts';
import { eraseServer } from './erase-server.ts';
import { freePlace } from './free-place.ts';
import { proposeDecommission } from './propose-decommission.ts';
import { removeServer } from './remove-server.ts';
import { retireServer } from './retire-server.ts';
import { revokeTenantAccess } from './revoke-tenant-access.ts';
import { withdrawFromTools } from './withdraw-from-tools.ts';

export const decommissioningSteps: readonly Step[] = [
  proposeDecommission,
  awaitDecommissionDecision,
  revokeTenantAccess,
  eraseServer,
  withdrawFromTools,
  removeServer,
  freePlace,
  retireServer,
];
