import type { ReactNode } from 'react';
import { inWords, mayPass, ProblemError } from '../api/problem.ts';
import { Button } from './button.tsx';
import { CopyText } from './copy.tsx';
import { Icon, toneIcons } from './icon.tsx';
import type { Tone } from './tones.ts';

/** A box that says one thing. */
export function Note({
  tone,
  title,
  children,
  role,
}: {
  tone: Tone;
  title: string;
  children?: ReactNode;
  role?: 'alert' | 'status';
}) {
  return (
    <div className={`note note-${tone}`} role={role}>
      <Icon name={toneIcons[tone]} />
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}

/** What went wrong, as sentences, with the id to quote and, where it may help, a way to try again. */
export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, sentence, traceId } = inWords(error);
  const complaints = error instanceof ProblemError ? error.complaints : [];
  return (
    <Note tone="bad" title={title} role="alert">
      <p>{sentence}</p>
      {complaints.length > 1 && (
        <ul>
          {complaints.map(({ where, what }) => (
            <li key={`${where} ${what}`}>
              <code>{where}</code>: {what}
            </li>
          ))}
        </ul>
      )}
      {traceId && (
        <p className="trace">
          Quote this when you ask about it: <CopyText text={traceId} label="trace id" />
        </p>
      )}
      {retry && mayPass(error) && <Button onClick={retry}>Try again</Button>}
    </Note>
  );
}
