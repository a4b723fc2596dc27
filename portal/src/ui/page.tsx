import { useMatch } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { Icon } from './icon.tsx';
import { PageLink } from './link.tsx';

/** The page that was shown last; none before the first, which the browser itself announces. */
let shown: string | undefined;

export interface PageProps {
  title: string;
  /** What stands in the heading where more than plain words is to be shown. */
  heading?: ReactNode;
  parent?: { to: string; name: string };
  actions?: ReactNode;
  /** One line below the heading. */
  lead?: ReactNode;
  children: ReactNode;
}

/** A page with its heading, which takes the focus when somebody comes here from another page. */
export function Page({ title, heading, parent, actions, lead, children }: PageProps) {
  const head = useRef<HTMLHeadingElement>(null);
  const pathname = useMatch({ strict: false, select: (match) => match.pathname });
  useEffect(() => {
    if (shown !== undefined && shown !== pathname) head.current?.focus({ preventScroll: true });
    shown = pathname;
  }, [pathname]);
  return (
    <>
      <title>{`${title} · Rackline`}</title>
      <div className="page-head">
        {parent && (
          <PageLink className="page-parent" to={parent.to}>
            <Icon name="back" />
            {parent.name}
          </PageLink>
        )}
        <div className="page-title">
          <h1 ref={head} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {actions && <div className="page-actions">{actions}</div>}
        </div>
        {lead && <p className="page-lead">{lead}</p>}
      </div>
      {children}
    </>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  aside,
  children,
  flush = false,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      <div className={flush ? 'section-body flush' : 'section-body'}>{children}</div>
    </section>
  );
}
