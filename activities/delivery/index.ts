import type { Step } from '../../shared/saga/step.ts';
import { assignServer } from './assign-server.ts';
import { handOver } from './hand-over.ts';
import { issueBmcAccess } from './issue-bmc-access.ts';
import { notifyTenant } from './notify-tenant.ts';

export const deliverySteps: readonly Step[] = [assignServer, issueBmcAccess, handOver, notifyTenant];
