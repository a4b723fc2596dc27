import { z } from 'zod';
import type { AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import { paths } from '../../api/paths.ts';
import { useMay } from '../../api/session.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note } from '../../ui/note.tsx';
import { tone } from '../../ui/tones.ts';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';
import { ReleaseServer } from '../forms/act-on-asset.tsx';

const said = z.string().optional().catch(undefined);
/** What conditions commonly say of themselves; what else they say is shown as it is. */
const Known = z.looseObject({
  reason: said,
  for: said,
  until: said,
  tried: z.array(z.string()).default([]).catch([]),
  sagaId: said,
  taskId: said,
});

/** How a server does beside its state, with what is known of it; nothing while all is well. */
export function AssetCondition({ asset }: { asset: AssetDetail }) {
  const may = useMay();
  if (asset.condition === 'working') return null;
  const { reason, for: whom, until, tried, sagaId, taskId, ...rest } = Known.parse(asset.conditionDetail);
  return (
    <Note tone={tone(asset.condition)} title={`${words(asset.condition)}${reason ? `: ${reason}` : ''}`}>
      <p>
        Since <When at={asset.conditionSince} />.{' '}
        {taskId && may('task:read') && (
          <>
            <PageLink to={paths.task(taskId)}>See the task</PageLink>{' '}
          </>
        )}
        {sagaId && may('saga:read') && <PageLink to={paths.saga(sagaId)}>See the saga</PageLink>}
      </p>
      <KeyValues
        of={{
          For: whom,
          Until: until && (
            <>
              <When at={until} /> at most
            </>
          ),
          ...Object.fromEntries(
            Object.entries(rest).map(([name, value]) => [
              words(name),
              typeof value === 'string' ? value : JSON.stringify(value),
            ]),
          ),
          'Tried before': tried.length > 0 && (
            <ul>
              {tried.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          ),
        }}
      />
      {asset.condition === 'quarantined' && (
        <div className="note-actions">
          <ReleaseServer asset={asset} />
        </div>
      )}
    </Note>
  );
}
