import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { discoverServer } from './discover-server.saga.ts';
import { validateServer } from './validate-server.saga.ts';

export const discoverySagas: readonly SagaDefinition[] = [discoverServer, validateServer];
