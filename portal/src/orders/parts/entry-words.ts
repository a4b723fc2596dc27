import type { TimelineEntry } from '../../../../shared/domain/sagas/sagas.api.ts';
import { sentence, words } from '../../ui/words.ts';

/** What an entry is about, and what it says of it beyond the word for its kind. */
export function entryWords({ step, text, kind, attempt }: Pick<TimelineEntry, 'step' | 'text' | 'kind' | 'attempt'>): {
  title: string;
  said: string;
} {
  const again = attempt !== null && attempt > 1 ? `, attempt ${attempt}` : '';
  if (step === null) return { title: sentence(text), said: '' };
  const title = words(step);
  // A tenant's entries begin with their step already.
  const rest = text.toLowerCase().startsWith(`${title.toLowerCase()}: `) ? text.slice(title.length + 2) : text;
  return { title, said: `${sentence(isJustKind(rest, kind, step) ? words(kind) : rest)}${again}` };
}

const isJustKind = (text: string, kind: string, step: string): boolean => text === kind || text === `${step} ${kind}`;
