import type { SagaDefinition } from '../shared/saga/define-saga.ts';
import { decommissioningSagas } from './decommissioning/index.ts';
import { deliverySagas } from './delivery/index.ts';
import { discoverySagas } from './discovery/index.ts';
import { operationsSagas } from './operations/index.ts';
import { ordersSagas } from './orders/index.ts';
import { procurementSagas } from './procurement/index.ts';
import { provisioningSagas } from './provisioning/index.ts';
import { receivingSagas } from './receiving/index.ts';

/** Every story the platform can tell. A saga is registered by standing in the list of its area. */
export const sagas: readonly SagaDefinition[] = [
  ...ordersSagas,
  ...procurementSagas,
  ...receivingSagas,
  ...discoverySagas,
  ...provisioningSagas,
  ...deliverySagas,
  ...operationsSagas,
  ...decommissioningSagas,
];
