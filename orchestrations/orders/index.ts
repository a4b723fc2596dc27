import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { deployServer } from './deploy-server.saga.ts';
import { fulfillOrder } from './fulfill-order.saga.ts';

export const ordersSagas: readonly SagaDefinition[] = [deployServer, fulfillOrder];
