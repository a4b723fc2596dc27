import type { Machine } from './machine.ts';

/** What the host does next, unless its power was touched in between. */
export type HostStep =
  | 'powered'
  | 'booted'
  | 'ipxe'
  | 'image-up'
  | 'report'
  | 'ask-for-job'
  | 'half-done'
  | 'done'
  | 'shut-down';
export interface HostJob {
  serial: string;
  epoch: number;
  step: HostStep;
}

/** After so many seconds of hardware time, and not sooner than so many real milliseconds. */
export function next(
  { context, serial, record }: Machine,
  step: HostStep,
  afterSeconds: number,
  leastMilliseconds = 0,
): void {
  const millisecondsPerSecond = context.moment(1) - context.now();
  context.later('host', Math.max(afterSeconds, leastMilliseconds / millisecondsPerSecond), {
    serial,
    epoch: record.host.epoch,
    step,
  } satisfies HostJob);
}
