import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { installServer } from './install-server.saga.ts';
import { receiveShipment } from './receive-shipment.saga.ts';

export const receivingSagas: readonly SagaDefinition[] = [installServer, receiveShipment];
