import type { AnyStep } from '../../shared/saga/step.ts';
import { assignServer } from './assign-server.ts';
import { handOver } from './hand-over.ts';
import { issueBmcAccess } from './issue-bmc-access.ts';
import { notifyTenant } from './notify-tenant.ts';

export const deliverySteps: readonly AnyStep[] = [assignServer, issueBmcAccess, handOver, notifyTenant];
