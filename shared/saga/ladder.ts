import type { Trouble } from '../facts/trouble.ts';
import type { Flow, Saga } from './define-saga.ts';

/** What looking at something answers: that it is well, and what one wanted of it, or what is wrong. */
export type Look<T> = { well: T } | { trouble: Trouble };

/** One rung of the ladder. */
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

/** Nothing more to do here: the next look does it. */
export function* byLookingAgain(): Flow<undefined> {
  return undefined;
}

export type Climbed<T> = { well: T; tried: readonly string[] } | { trouble: Trouble; tried: readonly string[] };

/**
 * Looks; and while something is wrong, uses the first remedy that can help with it and has not been used up, and looks
 * again. It ends: each remedy is used its number of times, and each look and use has a limit of its own. `look` is told
 * which remedy was used last and how often it has looked. Each rung stands in the saga's timeline.
 */
export function* climb<T>(
  saga: Saga,
  look: (at: { last: Remedy | undefined; attempt: number }) => Flow<Look<T>>,
  remedies: readonly Remedy[],
): Flow<Climbed<T>> {
  const used = new Map<Remedy, number>();
  const tried: string[] = [];
  let last: Remedy | undefined;
  for (let attempt = 1; ; attempt++) {
    const found = yield* look({ last, attempt });
    if ('well' in found) {
      if (tried.length > 0) yield* saga.tell(`well again, after ${count(tried.length)}: ${tried.join('; ')}`);
      return { well: found.well, tried };
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
