import { firstOf, pageOf, type Linked } from '../api/paths.ts';
import { useMay } from '../api/session.ts';
import { Id } from './copy.tsx';
import { PageLink } from './link.tsx';

/**
 * The id of a thing, as a link for whoever may see its page: `<ThingLink of={{ orderId }} />`. Of several fields the
 * first that holds an id; `other` is shown where none does.
 */
export function ThingLink({ of, other }: { of: Linked; other?: string }) {
  const may = useMay();
  const thing = firstOf(of);
  if (!thing) return other === undefined ? null : <Id id={other} />;
  const to = pageOf(thing.field, thing.id, may);
  return to === undefined ? (
    <Id id={thing.id} />
  ) : (
    <PageLink to={to}>
      <Id id={thing.id} />
    </PageLink>
  );
}
