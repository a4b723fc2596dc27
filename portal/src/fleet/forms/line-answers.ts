import { z } from 'zod';
import { LineAnswer, type TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { count } from '../../ui/words.ts';

type Outcome = LineAnswer['outcome'];

/** What can become of one line, as one says it. */
const outcomeNames: Readonly<Record<Outcome, string>> = {
  fixed: 'Fixed',
  'not-fixed': 'Could not fix',
  'nothing-wrong': 'Was right',
};
export const outcomes: readonly { value: Outcome; name: string }[] = LineAnswer.shape.outcome.options.map((value) => ({
  value,
  name: outcomeNames[value],
}));
export const outcomeName = (outcome: string): string =>
  outcomes.find(({ value }) => value === outcome)?.name ?? outcome;

/** The lines' answers while somebody goes from one to the next. A line that was not come to yet has none. */
const Draft = z.record(z.string(), z.object({ outcome: LineAnswer.shape.outcome, note: z.string() }));
export type Draft = Readonly<z.infer<typeof Draft>>;

/** Kept by the browser tab: a phone in a pocket reloads its pages, and nobody goes back to each port to look again. */
const keyOf = (taskId: string): string => `answers/${taskId}`;
export function readDraft(taskId: string, tab: Pick<Storage, 'getItem'> = sessionStorage): Draft {
  try {
    return Draft.parse(JSON.parse(tab.getItem(keyOf(taskId)) ?? '{}'));
  } catch {
    return {};
  }
}
export function keepDraft(taskId: string, draft: Draft, tab: Pick<Storage, 'setItem'> = sessionStorage): void {
  try {
    tab.setItem(keyOf(taskId), JSON.stringify(draft));
  } catch {
    // Not kept then; it still stands on the page.
  }
}

type Lines = Pick<TaskView, 'lines'>;

export const answersOf = ({ lines }: Lines, draft: Draft): LineAnswer[] =>
  lines.flatMap(({ id }) => {
    const given = draft[id];
    return given
      ? [{ line: id, outcome: given.outcome, ...(given.note.trim() !== '' && { note: given.note.trim() }) }]
      : [];
  });

/** Why the task cannot be ended yet; null when it can. */
export function unanswered({ lines }: Lines, draft: Draft): string | null {
  const missing = lines.filter(({ id }) => draft[id] === undefined);
  if (missing.length > 0)
    return (
      `${missing.length === lines.length ? 'Say' : 'Still to be answered: say'} for ` +
      `${missing.length === 1 ? `“${nameOf(missing[0])}”` : count(missing.length, 'line')} what became of it.`
    );
  const unsaid = lines.find(({ id }) => needsReason(draft[id]));
  return unsaid ? `Say why “${nameOf(unsaid)}” could not be fixed.` : null;
}

const needsReason = (given: Draft[string] | undefined): boolean =>
  given?.outcome === 'not-fixed' && given.note.trim() === '';

const nameOf = (line: TaskView['lines'][number] | undefined): string => line?.place ?? line?.text ?? '';

/** `2 fixed, 1 could not fix`. */
export const inShort = (answers: readonly LineAnswer[]): string =>
  outcomes
    .flatMap(({ value, name }) => {
      const n = answers.filter(({ outcome }) => outcome === value).length;
      return n > 0 ? [`${n} ${name.toLowerCase()}`] : [];
    })
    .join(', ');
