import TestSequencer from '@jest/test-sequencer';

/**
 * Where the long test files are. Without it a first run would start with the largest files, and the longest are short
 * ones that spoil a story at each of its steps: one core would idle until the last of them is over.
 */
const long = [/test\/integration\/sagas\/order-/, /test\/e2e\//, /test\/integration\/(sagas|edge|simulators)\//];
const rankOf = ({ path }) => {
  const rank = long.findIndex((place) => place.test(path));
  return rank < 0 ? long.length : rank;
};

/** Begins with the test files that take longest: as the last run has measured, or else by where they are. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isFirstRun = sorted.some(({ duration }) => duration === undefined);
    return isFirstRun ? sorted.toSorted((one, other) => rankOf(one) - rankOf(other)) : sorted;
  }
}
