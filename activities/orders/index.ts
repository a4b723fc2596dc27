import type { Step } from '../../shared/saga/step.ts';
import { beginOrder } from './begin-order.ts';
import { completeOrder } from './complete-order.ts';
import { enterPhase } from './enter-phase.ts';
import { reserveInventory } from './reserve-inventory.ts';

export const ordersSteps: readonly Step[] = [beginOrder, reserveInventory, enterPhase, completeOrder];
