import type { z } from 'zod';
import type { HistoryEntry } from '../../../../shared/api/operations.ts';
import { useMay } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { PageLink } from '../../ui/link.tsx';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';

type Entry = z.infer<typeof HistoryEntry>;

/** Every state a server has been in, the newest first: when, why, by whom, within which story. */
export function AssetHistory({ entries }: { entries: readonly Entry[] }) {
  const may = useMay();
  if (entries.length === 0) return <p className="soft">It has not moved since it became known.</p>;
  return (
    <ol className="history">
      {[...entries].reverse().map(({ eventId, at, to, cause, actor, reason, sagaId }) => (
        <li key={eventId}>
          <p><StateBadge state={to} /> <When at={at} /></p>
          <p className="soft">{words(cause)}, by {sagaId && may('saga:read') ? <PageLink to={paths.saga(sagaId)}>{actor}</PageLink> : actor}</p>
          {reason && <p className="soft">“{reason}”</p>}
        </li>
      ))}
    </ol>
  );
}
