import type { AssetDetail } from '../../../../shared/api/operations.ts';
import { useMay } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note } from '../../ui/note.tsx';
import { tone } from '../../ui/tones.ts';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';

/** How a server does beside its state, with what is known of it; nothing while all is well. */
export function AssetCondition({ asset: { condition, conditionDetail, conditionSince } }: { asset: AssetDetail }) {
  const may = useMay();
  if (condition === 'working') return null;
  const { sagaId, because, ...rest } = conditionDetail;
  return (
    <Note tone={tone(condition)} title={`${words(condition)}${typeof because === 'string' ? `: ${because}` : ''}`}>
      <p>Since <When at={conditionSince} />. {typeof sagaId === 'string' && may('saga:read') && <PageLink to={paths.saga(sagaId)}>See the saga</PageLink>}</p>
      <KeyValues of={Object.fromEntries(Object.entries(rest).map(([name, value]) => [words(name), typeof value === 'string' ? value : JSON.stringify(value)]))} />
    </Note>
  );
}
