import type { Scheduler } from '../../kernel/scheduler.ts';

/** Lets so many seconds of that time pass; ends at once, and rejects, when the signal is aborted. */
export function pause(time: Scheduler, seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return void reject(signal.reason as Error);
    const callOff = time.schedule(time.now() + seconds * 1000, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      callOff();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
