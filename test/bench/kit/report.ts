import { ratioOf, type Sample } from './statistics.ts';

/** One thing measured, of ours and of those beside it in the same rounds. */
export interface Figure {
  what: string;
  unit: string;
  ours: Sample;
  beside?: Readonly<Record<string, Sample>>;
  /** What the design asks for, in words. Printed, never judged: a figure depends on the machine. */
  target?: string;
}

export interface Report {
  figures: readonly Figure[];
  /** The PostgreSQL that took part, and what a commit was worth there. */
  database?: string;
  /** What one must know to read the figures; what was left out and why. */
  notes: readonly string[];
  /** A table of its own, printed as it is where this benchmark was asked for by name. */
  details?: string;
  /** Facts that are wrong whatever the machine: the run ends with code 1. Never a time. */
  problems?: readonly string[];
}

/** Others at work on the machine show in the load before; ours is in the load after. */
export interface Disturbance {
  loadBefore: number;
  loadAfter: number;
}

export type Result = Report & Disturbance & { benchmark: string };

/** The figures as lines of text: ours, the other, how many times the other ours is. */
export function tableOf(
  { benchmark, figures, database, notes, details, problems = [], loadBefore, loadAfter }: Result,
  withDetails = false,
): string {
  const rows = [['', 'Rackline', 'beside it', '', 'ratio', 'target'], ...figures.flatMap(rowsOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => aligned(cell, widths[column] ?? 0, isNumeric(column))).join('  ')}`.trimEnd(),
  );
  return [
    `\n${benchmark}   (load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after)`,
    ...lines,
    ...[...(database ? [database] : []), ...notes].map((note) => `  · ${note}`),
    ...(details && withDetails ? ['', details] : []),
    ...problems.map((problem) => `  WRONG: ${problem}`),
  ].join('\n');
}

const isNumeric = (column: number): boolean => column === 1 || column === 3 || column === 4;

function rowsOf({ what, unit, ours, beside = {}, target = '' }: Figure): string[][] {
  const others = Object.entries(beside);
  const [first] = others;
  const head = [what, shown(ours, unit), ...(first ? besideCells(ours, first, unit) : ['', '', '']), target];
  return [head, ...others.slice(1).map((other) => ['', '', ...besideCells(ours, other, unit), ''])];
}

const besideCells = (ours: Sample, [name, theirs]: [string, Sample], unit: string): string[] => [
  name,
  shown(theirs, unit),
  `${ratioOf(ours, theirs).toFixed(2)} ×`,
];

/** The median, and how far the rounds lay apart. */
function shown({ median, low, high, rounds }: Sample, unit: string): string {
  const spread = rounds.length > 1 ? ` (${short(low)}–${short(high)})` : '';
  return `${short(median)} ${unit}${spread}`;
}

function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

const aligned = (cell: string, width: number, isNumber: boolean): string =>
  isNumber ? cell.padStart(width) : cell.padEnd(width);
