/** What one measure gave in several rounds, in the order they were taken. */
export interface Sample {
  median: number;
  low: number;
  high: number;
  rounds: readonly number[];
}

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const sampleOf = (rounds: readonly number[]): Sample => ({
  median: median(rounds),
  low: Math.min(...rounds),
  high: Math.max(...rounds),
  rounds,
});

/**
 * How many times as much as the other. Taken round by round, since what disturbs a round of one disturbs the
 * neighbouring round of the other too, and then the median.
 */
export function ratioOf(ours: Sample, theirs: Sample): number {
  if (ours.rounds.length !== theirs.rounds.length) return ours.median / theirs.median;
  return median(ours.rounds.map((value, round) => value / (theirs.rounds[round] ?? Number.NaN)));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
