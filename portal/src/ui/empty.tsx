import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Nothing to show, and what to do about it. */
export const Empty = ({
  icon = 'quiet',
  title,
  children,
  action,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) => (
  <div className="empty">
    <Icon name={icon} />
    <p className="empty-title">{title}</p>
    {children && <p>{children}</p>}
    {action}
  </div>
);
