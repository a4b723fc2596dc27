import { z } from 'zod';

/** An order's own states: one order makes many servers, each with a life of its own. */
export const orderStates = {
  received: ['checking', 'cancelled', 'failed'],
  checking: ['procuring', 'deploying', 'delivering', 'cancelled', 'failed'],
  procuring: ['shipping', 'cancelled', 'failed'],
  shipping: ['deploying', 'cancelled', 'failed'],
  deploying: ['delivering', 'cancelled', 'failed'],
  delivering: ['fulfilled', 'cancelled', 'failed'],
  fulfilled: [],
  cancelled: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;
export const OrderState = z.enum(
  Object.keys(orderStates) as [keyof typeof orderStates, ...(keyof typeof orderStates)[]],
);
export type OrderState = z.infer<typeof OrderState>;
