import { useRouter } from '@tanstack/react-router';
import { useCallback, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from 'react';

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { to: string; children: ReactNode };

/**
 * A link to an address from paths.ts: a real one, that opens in a new tab when asked to. Its page is fetched when it is
 * aimed at.
 */
export function PageLink({ to, onClick, ...rest }: LinkProps) {
  const router = useRouter();
  const fetchPage = () => void router.preloadRoute({ to: to.split('?')[0] ?? to }).catch(() => undefined);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    router.history.push(to);
  };
  return <a {...rest} href={to} onClick={follow} onMouseEnter={fetchPage} onFocus={fetchPage} />;
}

/** Goes to an address from paths.ts. `replace` where the way back should not stop here. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const { history } = useRouter();
  return useCallback((to, { replace = false } = {}) => (replace ? history.replace(to) : history.push(to)), [history]);
}
