import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { procure } from './procure.saga.ts';

export const procurementSagas: readonly SagaDefinition[] = [procure];
