/** An order's states, in the order it passes them. */
export const orderStates = [
  'received',
  'checking',
  'procuring',
  'shipping',
  'deploying',
  'delivering',
  'fulfilled',
  'cancelled',
  'failed',
] as const;

const over: readonly string[] = ['fulfilled', 'cancelled', 'failed'];
export const isOver = (state: string): boolean => over.includes(state);
