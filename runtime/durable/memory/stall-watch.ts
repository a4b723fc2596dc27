import type { JsonText } from '../contract/engine.ts';

interface Calls {
  activity: string;
  times: number;
  /** The activity before this one; undefined where there was none. */
  before: string | undefined;
  input: JsonText | null;
}

/**
 * Notices an instance that calls one activity over and over: it polls for something that never comes. In virtual time
 * nothing else would end that.
 */
export class StallWatch {
  readonly #atMost: number;
  #calls = new Map<string, Calls>();
  #stalled: string | undefined;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  /** Counts from here. */
  reset(): void {
    this.#calls = new Map();
    this.#stalled = undefined;
  }

  note(instanceId: string, activity: string, input: JsonText | null): void {
    const last = this.#calls.get(instanceId);
    const isSame = last?.activity === activity;
    this.#calls.set(instanceId, {
      activity,
      times: isSame ? last.times + 1 : 1,
      before: isSame ? last.before : last?.activity,
      input,
    });
    if (isSame && last.times >= this.#atMost) this.#stalled ??= instanceId;
  }

  /** Who makes no progress, and at which activity. */
  get stall(): string | undefined {
    if (this.#stalled === undefined) return undefined;
    const { activity, times, before, input } = this.#calls.get(this.#stalled) ?? { activity: '', times: 0 };
    return (
      `'${this.#stalled}' makes no progress: it has called '${activity}' ${times} times in a row` +
      `${before === undefined ? '' : `, after '${before}'`}. The last call: ${input ?? 'without input'}`
    );
  }
}
