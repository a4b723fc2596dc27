import { afterEach, beforeEach } from '@jest/globals';
import { Lab } from '../simulators/kit/lab.ts';
import type { SimAnswer, SimRequest, Simulator } from '../simulators/kit/simulator.ts';
import { SteppedTime } from './stepped-time.ts';

/** One call as it reached a simulator, and what that answered. */
export type Recorded = Pick<SimRequest, 'method' | 'path' | 'headers' | 'body'> & {
  query: Record<string, string>;
  answer: SimAnswer;
};

/** A lab of a few simulators for one test file: fresh before each test, time standing still, every call noted. */
export interface AdapterLab {
  readonly simulators: readonly Simulator<never>[];
  readonly lab: Lab;
  readonly time: SteppedTime;
  /** The calls of every test so far: contract checks look at them at the end. */
  readonly calls: readonly Recorded[];
  /** Where a simulator is reached. */
  url(simulator: string): string;
  /** How often this test has called: `count('POST', /orders$/)`. */
  count(method: string, path: RegExp): number;
}

export function useLab(...simulators: Simulator<never>[]): AdapterLab {
  const calls: Recorded[] = [];
  let lab: Lab;
  let time: SteppedTime;
  let mark = 0;

  beforeEach(async () => {
    mark = calls.length;
    time = new SteppedTime();
    lab = new Lab({
      simulators,
      time,
      observe: ({ request: { method, path, headers, body, query }, answer }) =>
        calls.push({
          method,
          path,
          headers,
          body: structuredClone(body),
          query: Object.fromEntries(query),
          answer: structuredClone(answer),
        }),
    });
    await lab.listen();
  });
  afterEach(() => lab.close());

  return {
    simulators,
    get lab() {
      return lab;
    },
    get time() {
      return time;
    },
    calls,
    url: (simulator) => `${lab.url}/${simulator}`,
    count: (method, path) => calls.slice(mark).filter((call) => call.method === method && path.test(call.path)).length,
  };
}
