/**
 * How long work in another system answers. Nothing waits inside a port: `pending` means ask again with the
 * ticket, `refused` is a decision and will not change by asking.
 */
export type Submitted<Done extends object = object> =
  | ({ outcome: 'done' } & Done)
  | { outcome: 'pending'; ticket: string; pollAfterSeconds: number; progress?: string }
  | { outcome: 'refused'; reason: string };

export const done = <Done extends object>(result: Done): { outcome: 'done' } & Done => ({ outcome: 'done', ...result });
export const pending = (ticket: string, pollAfterSeconds: number, progress?: string) =>
  ({ outcome: 'pending', ticket, pollAfterSeconds, ...(progress !== undefined && { progress }) }) as const;
export const refused = (reason: string) => ({ outcome: 'refused', reason }) as const;
