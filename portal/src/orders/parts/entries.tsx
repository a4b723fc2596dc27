import { useState } from 'react';
import type { TimelineEntry } from '../../../../shared/domain/sagas/sagas.api.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, toneIcons } from '../../ui/icon.tsx';
import { tone } from '../../ui/tones.ts';
import { When } from '../../ui/when.tsx';
import { count } from '../../ui/words.ts';
import { entryWords } from './entry-words.ts';

const shownAtFirst = 12;

/** A story's entries, the newest first. */
export function Entries({ entries }: { entries: readonly TimelineEntry[] }) {
  const [isWhole, setWhole] = useState(false);
  if (entries.length === 0) return <p className="soft">Nothing has happened yet.</p>;
  const newestFirst = [...entries].reverse();
  const shown = isWhole ? newestFirst : newestFirst.slice(0, shownAtFirst);
  return (
    <>
      <ol className="entries">
        {shown.map((entry, index) => (
          <EntryRow key={entries.length - index} entry={entry} />
        ))}
      </ol>
      {entries.length > shown.length && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          Show all {count(entries.length, 'entry', 'entries')}
        </Button>
      )}
    </>
  );
}

function EntryRow({ entry }: { entry: TimelineEntry }) {
  const { title, said } = entryWords(entry);
  return (
    <li className={`entry entry-${tone(entry.kind)}`} title={entry.sagaId}>
      <Icon name={toneIcons[tone(entry.kind)]} />
      <p>
        {title}
        {said && <span className="soft">{said}</span>}
      </p>
      <span className="soft">
        <When at={entry.at} />
      </span>
    </li>
  );
}
