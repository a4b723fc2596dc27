import type { Step } from '../shared/saga/step.ts';
import { decommissioningSteps } from './decommissioning/index.ts';
import { deliverySteps } from './delivery/index.ts';
import { discoverySteps } from './discovery/index.ts';
import { operationsSteps } from './operations/index.ts';
import { ordersSteps } from './orders/index.ts';
import { procurementSteps } from './procurement/index.ts';
import { provisioningSteps } from './provisioning/index.ts';
import { receivingSteps } from './receiving/index.ts';

/** Every step of every saga. A step is registered by standing in the list of its area. */
export const steps: readonly Step[] = [
  ...ordersSteps,
  ...procurementSteps,
  ...receivingSteps,
  ...discoverySteps,
  ...provisioningSteps,
  ...deliverySteps,
  ...operationsSteps,
  ...decommissioningSteps,
];
