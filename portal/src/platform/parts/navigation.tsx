import { useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageLink } from '../../ui/link.tsx';
import { destinationsFor } from './destinations.ts';

/** Beside the page on a wide screen; behind a button on a narrow one, unless there are few enough to stand in a row. */
export function Navigation() {
  const groups = destinationsFor(useMay());
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [pathname]);
  const isShort = groups.flatMap(({ links }) => links).length <= 4;
  return (
    <nav className={isShort ? 'nav nav-short' : 'nav'} aria-label="Main" data-open={isOpen}>
      {!isShort && (
        <button
          type="button"
          className="nav-toggle"
          aria-expanded={isOpen}
          aria-controls="nav-links"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
          Menu
        </button>
      )}
      <div id="nav-links" className="nav-links">
        {groups.map(({ group, links }) => (
          <div key={group} className="nav-group">
            <p className="nav-heading" aria-hidden="true">
              {group}
            </p>
            <ul aria-label={group}>
              {links.map(({ to, name }) => {
                const isHere = pathname === to || pathname.startsWith(`${to}/`);
                return (
                  <li key={to}>
                    <PageLink to={to} aria-current={isHere ? (pathname === to ? 'page' : 'true') : undefined}>
                      {name}
                    </PageLink>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}
