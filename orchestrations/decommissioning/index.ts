import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { decommissionServer } from './decommission-server.saga.ts';

export const decommissioningSagas: readonly SagaDefinition[] = [decommissionServer];
