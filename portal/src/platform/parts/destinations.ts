import type { Action, Role } from '../../../../shared/access/caller.ts';
import { paths } from '../../api/paths.ts';

export interface Destination {
  to: string;
  name: string;
  needs: Action;
}

/** Where one can go, in groups. Who may not read something gets no link to it. */
export const destinations: readonly { group: string; links: readonly Destination[] }[] = [
  {
    group: 'To do',
    links: [
      { to: paths.tasks(), name: 'Tasks', needs: 'task:read' },
      { to: paths.approvals(), name: 'Approvals', needs: 'approval:read' },
    ],
  },
  {
    group: 'Supply',
    links: [
      { to: paths.orders(), name: 'Orders', needs: 'order:read' },
      { to: paths.shipments(), name: 'Shipments', needs: 'shipment:read' },
    ],
  },
  {
    group: 'Fleet',
    links: [
      { to: paths.servers(), name: 'Servers', needs: 'server:read' },
      { to: paths.assets(), name: 'Assets', needs: 'asset:read' },
      { to: paths.decommissions(), name: 'Decommissions', needs: 'decommission:read' },
    ],
  },
  {
    group: 'Platform',
    links: [
      { to: paths.sagas(), name: 'Sagas', needs: 'saga:read' },
      { to: paths.events(), name: 'Events', needs: 'event:read' },
      { to: paths.deadLetters(), name: 'Dead letters', needs: 'dead-letter:read' },
      { to: paths.systems(), name: 'Systems', needs: 'system:read' },
    ],
  },
];

export const destinationsFor = (may: (action: Action) => boolean): typeof destinations =>
  destinations
    .map(({ group, links }) => ({ group, links: links.filter(({ needs }) => may(needs)) }))
    .filter(({ links }) => links.length > 0);

const start: Partial<Record<Role, string>> = {
  ops: paths.sagas(),
  technician: paths.tasks(),
  approver: paths.approvals(),
  auditor: paths.events(),
  executive: paths.orders(),
};

/** Where somebody's work begins; nothing for a role that has no page. */
export function startOf(roles: readonly string[], may: (action: Action) => boolean): string | undefined {
  const own = Object.entries(start).find(([role]) => roles.includes(role))?.[1];
  return (
    own ??
    destinationsFor(may)
      .flatMap(({ links }) => links)
      .find(({ needs }) => needs === 'order:read')?.to ??
    destinationsFor(may)[0]?.links[0]?.to
  );
}
