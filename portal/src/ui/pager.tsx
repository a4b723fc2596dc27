import { PageLink } from './link.tsx';

/** Where a list goes on. Going back is the browser's way back, or the beginning. */
export function Pager({
  next,
  isFirst,
  to,
}: {
  next: string | null;
  isFirst: boolean;
  to: (after: string | undefined) => string;
}) {
  if (next === null && isFirst) return null;
  return (
    <nav className="pager" aria-label="Pages">
      {isFirst ? (
        <span />
      ) : (
        <PageLink className="button button-plain" to={to(undefined)}>
          First page
        </PageLink>
      )}
      {next !== null && (
        <PageLink className="button button-plain" to={to(next)}>
          Next page
        </PageLink>
      )}
    </nav>
  );
}
