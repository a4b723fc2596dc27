import type { Trouble } from '../facts/trouble.ts';
import type { Flow, Saga } from './define-saga.ts';

/** What a check answers: what one wanted to know, or what is wrong. */
export type CheckResult<T> = { ok: T } | { trouble: Trouble };

export interface Remedy {
  /** As the timeline says it: `it is started again`. */
  name: string;
  /** The troubles it can help with, by their kind; all, where none are named. */
  helps?: readonly string[];
  /** How often it is worth trying; once, where nothing is said. */
  times?: number;
  /** Does it, within a limit of its own. Answers what came of it, where there is something to tell. */
  use(trouble: Trouble): Flow<string | undefined>;
}

/** The remedy that does nothing: checking again is enough. */
export function* checkAgain(): Flow<undefined> {
  return undefined;
}

export interface Remediation<T> {
  /** Is told which remedy was used last, and how often it has been called with this time. */
  check(at: { last: Remedy | undefined; attempt: number }): Flow<CheckResult<T>>;
  /** The gentlest first. */
  remedies: readonly Remedy[];
}

/** The last result of the check, and the remedies that were used, with what came of each. */
export type RemediationResult<T> = CheckResult<T> & { tried: readonly string[] };

/**
 * Checks; and while something is wrong, uses the first remedy that can help with it and has not been used up, and
 * checks again. It ends: each remedy is used its number of times, and each check and use has a limit of its own. Each
 * use stands in the saga's timeline.
 */
export function* remediate<T>(saga: Saga, { check, remedies }: Remediation<T>): Flow<RemediationResult<T>> {
  const used = new Map<Remedy, number>();
  const tried: string[] = [];
  let last: Remedy | undefined;
  for (let attempt = 1; ; attempt++) {
    const found = yield* check({ last, attempt });
    if ('ok' in found) {
      if (tried.length > 0) yield* saga.tell(`well again, after ${count(tried.length)}: ${tried.join('; ')}`);
      return { ok: found.ok, tried };
    }
    const { trouble } = found;
    last = remedies.find(
      (each) => (used.get(each) ?? 0) < (each.times ?? 1) && (each.helps?.includes(trouble.kind) ?? true),
    );
    if (!last) {
      yield* saga.tell(
        tried.length === 0
          ? `${trouble.reason}; there is no remedy for it`
          : `${trouble.reason}; nothing is left to try after ${count(tried.length)}: ${tried.join('; ')}`,
      );
      return { trouble, tried };
    }
    used.set(last, (used.get(last) ?? 0) + 1);
    yield* saga.tell(`${trouble.reason}: ${last.name} (remedy ${tried.length + 1})`);
    const said = yield* last.use(trouble);
    tried.push(said === undefined ? last.name : `${last.name}: ${said}`);
  }
}

const count = (remedies: number): string => `${remedies} ${remedies === 1 ? 'remedy' : 'remedies'}`;
