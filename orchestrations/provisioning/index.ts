import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { commissionServer } from './commission-server.saga.ts';

export const provisioningSagas: readonly SagaDefinition[] = [commissionServer];
