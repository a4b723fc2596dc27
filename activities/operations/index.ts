import type { Step } from '../../shared/saga/step.ts';
import { beginMaintenance } from './begin-maintenance.ts';
import { endMaintenance } from './end-maintenance.ts';
import { performMaintenance } from './perform-maintenance.ts';
import { verifyHealth } from './verify-health.ts';

export const operationsSteps: readonly Step[] = [beginMaintenance, performMaintenance, verifyHealth, endMaintenance];
