import { setImmediate as turn } from 'node:timers/promises';
import type { Platform, Verdict } from '../../../../edge/platform/platform.ts';
import { assetOf, type EdgeEvent } from '../../../../shared/domain/edge/edge.api.ts';
import type { Scheduler } from '../../../../shared/kernel/scheduler.ts';
import { SteppedTime } from '../../../kit/stepped-time.ts';

/** Time that a test lets pass: what code goes on to do after a timer is done before the next one is due. */
export class LinkTime implements Scheduler {
  readonly #stepped = new SteppedTime();
  readonly #settled: () => Promise<void>;
  /** `settled` resolves when all that a timer set going is done, where that takes more than a few turns. */
  constructor(settled = settle) {
    this.#settled = settled;
  }
  now(): number {
    return this.#stepped.now();
  }
  schedule(at: number, run: () => void): () => void {
    return this.#stepped.schedule(at, async () => {
      run();
      await this.#settled();
    });
  }
  async pass(seconds: number): Promise<void> {
    await settle();
    await this.#stepped.pass(seconds);
  }
}

export async function settle(): Promise<void> {
  for (let turns = 0; turns < 4; turns++) await turn();
}

/**
 * The platform at the far end of a line that takes its time and breaks. Notes everything it took, also what it took
 * twice.
 */
export class FarPlatform implements Pick<Platform, 'send'> {
  isReachable = true;
  /** Refused with 400 whenever it is in a batch. */
  refuses: (event: EdgeEvent) => boolean = () => false;
  /** The answer is lost on its way back. */
  losesAnswers = false;
  roundTripMilliseconds = 200;
  readonly taken: EdgeEvent[] = [];
  readonly tries: number[] = [];
  inFlight: EdgeEvent[][] = [];
  mostInFlight = 0;
  readonly #time: Scheduler;

  constructor(time: Scheduler) {
    this.#time = time;
  }

  async send(events: readonly unknown[]): Promise<Verdict> {
    const batch = events as EdgeEvent[];
    this.tries.push(this.#time.now());
    if (!this.isReachable) return { outcome: 'unreachable', reason: 'no route to host' };
    this.inFlight.push(batch);
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.length);
    await new Promise<void>(
      (resolve) => void this.#time.schedule(this.#time.now() + this.roundTripMilliseconds, resolve),
    );
    this.inFlight = this.inFlight.filter((each) => each !== batch);
    if (!this.isReachable) return { outcome: 'unreachable', reason: 'connection reset' };
    if (batch.some(this.refuses)) return { outcome: 'refused', reason: 'an event is not as it should be' };
    this.taken.push(...batch);
    return this.losesAnswers ? { outcome: 'unreachable', reason: 'no answer in time' } : { outcome: 'accepted' };
  }
}

/** Events that arrived after a later one of the same machine. */
export function outOfOrder(events: readonly EdgeEvent[]): EdgeEvent[] {
  const seen = new Set<string>();
  const newest = new Map<string, string>();
  return events.filter((event) => {
    const key = assetOf(event);
    if (seen.has(event.id)) return false;
    seen.add(event.id);
    const isLate = event.at < (newest.get(key) ?? '');
    if (!isLate) newest.set(key, event.at);
    return isLate;
  });
}
