import type { HistoryEntry } from '../../../../shared/domain/assets/assets.api.ts';
import { paths } from '../../api/paths.ts';
import { useMay } from '../../api/session.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { PageLink } from '../../ui/link.tsx';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';

const headings = { boot: 'Boot', anomaly: 'Anomaly', 'image-job': 'Job of the validation image' } as const;

/**
 * Every state a server has been in, the newest first: when, why, by whom, within which story; between them what its
 * datacenter saw.
 */
export function AssetHistory({ entries }: { entries: readonly HistoryEntry[] }) {
  if (entries.length === 0) return <p className="soft">It has not moved since it became known.</p>;
  return (
    <ol className="history">
      {[...entries].reverse().map((entry) => (
        <li key={entry.eventId}>
          {entry.kind === 'state' ? <StateEntry entry={entry} /> : <SeenEntry entry={entry} />}
        </li>
      ))}
    </ol>
  );
}

function StateEntry({
  entry: { at, to, cause, actor, reason, sagaId },
}: {
  entry: Extract<HistoryEntry, { kind: 'state' }>;
}) {
  const may = useMay();
  return (
    <>
      <p>
        <StateBadge state={to} /> <When at={at} />
      </p>
      <p className="soft">
        {words(cause)}, by {sagaId && may('saga:read') ? <PageLink to={paths.saga(sagaId)}>{actor}</PageLink> : actor}
      </p>
      {reason && <p className="soft">“{reason}”</p>}
    </>
  );
}

const SeenEntry = ({ entry: { kind, at, what } }: { entry: Exclude<HistoryEntry, { kind: 'state' }> }) => (
  <>
    <p>
      <strong>{headings[kind]}</strong> <When at={at} />
    </p>
    <p className="soft">{what}</p>
  </>
);
