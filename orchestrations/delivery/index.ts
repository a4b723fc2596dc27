import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { deliverServer } from './deliver-server.saga.ts';

export const deliverySagas: readonly SagaDefinition[] = [deliverServer];
