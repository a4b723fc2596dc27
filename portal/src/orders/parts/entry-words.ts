import type { TimelineEntry } from '../../../../shared/domain/sagas/sagas.api.ts';
import { sentence, words } from '../../ui/words.ts';

/** What an entry is about, and what it says of it beyond the word for its kind. */
export function entryWords({ step, text, kind, attempt }: Pick<TimelineEntry, 'step' | 'text' | 'kind' | 'attempt'>): {
  title: string;
  said: string;
} {
  const again = attempt !== null && attempt > 1 ? `, attempt ${attempt}` : '';
  if (step === null) return { title: sentence(text), said: '' };
  return { title: words(step), said: `${sentence(isJustKind(text, kind, step) ? words(kind) : text)}${again}` };
}

const isJustKind = (text: string, kind: string, step: string): boolean => text === kind || text === `${step} ${kind}`;
