import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { maintainServer } from './maintain-server.saga.ts';

export const operationsSagas: readonly SagaDefinition[] = [maintainServer];
