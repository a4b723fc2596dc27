import type { Action } from '../../../shared/access/caller.ts';
import { withQuery } from './with-query.ts';

/** Every page's address, once: routes are made of these patterns and links of the builders below. */
export const patterns = {
  home: '/',
  orders: '/orders',
  newOrder: '/orders/new',
  order: '/orders/$id',
  approvals: '/approvals',
  servers: '/servers',
  server: '/servers/$id',
  decommissions: '/decommissions',
  tasks: '/tasks',
  task: '/tasks/$id',
  shipments: '/shipments',
  shipment: '/shipments/$id',
  assets: '/assets',
  asset: '/assets/$id',
  sagas: '/sagas',
  saga: '/sagas/$id',
  events: '/events',
  deadLetters: '/dead-letters',
} as const;

/** What a page keeps in its address. An absent or empty part is left out. */
export type Search<K extends string> = { readonly [key in K]?: string | undefined };

export const paths = {
  home: (): string => patterns.home,
  orders: (search?: Search<'state' | 'after'>): string => withQuery(patterns.orders, search),
  newOrder: (): string => patterns.newOrder,
  order: (id: string): string => about(patterns.order, id),
  approvals: (search?: Search<'state' | 'after'>): string => withQuery(patterns.approvals, search),
  servers: (search?: Search<'after'>): string => withQuery(patterns.servers, search),
  server: (id: string): string => about(patterns.server, id),
  decommissions: (search?: Search<'after'>): string => withQuery(patterns.decommissions, search),
  tasks: (search?: Search<'state' | 'datacenter' | 'after'>): string => withQuery(patterns.tasks, search),
  task: (id: string): string => about(patterns.task, id),
  shipments: (search?: Search<'orderId' | 'after'>): string => withQuery(patterns.shipments, search),
  shipment: (id: string): string => about(patterns.shipment, id),
  assets: (search?: Search<'state' | 'condition' | 'datacenter' | 'search' | 'orderId' | 'after'>): string =>
    withQuery(patterns.assets, search),
  asset: (id: string): string => about(patterns.asset, id),
  sagas: (search?: Search<'state' | 'name' | 'serverId' | 'after'>): string => withQuery(patterns.sagas, search),
  saga: (id: string): string => about(patterns.saga, id),
  events: (search?: Search<'subject' | 'after'>): string => withQuery(patterns.events, search),
  deadLetters: (search?: Search<'state' | 'after'>): string => withQuery(patterns.deadLetters, search),
  /** Not a page of ours: the platform sends the browser to the identity provider and back to `returnTo`. */
  signIn: (returnTo: string): string => withQuery('/auth/login', { returnTo }),
};

const about = (pattern: string, id: string): string => pattern.replace('$id', encodeURIComponent(id));

/**
 * The page about a thing, by what its id begins with; nothing for a thing that has no page, or none for this reader.
 */
export function pathOfSubject(subject: string, may: (action: Action) => boolean): string | undefined {
  return subjects.find(({ is, needs }) => is.test(subject) && may(needs))?.path(subject);
}
const subjects: readonly { is: RegExp; needs: Action; path: (id: string) => string }[] = [
  { is: /^ord_/, needs: 'order:read', path: paths.order },
  { is: /^srv_/, needs: 'asset:read', path: paths.asset },
  { is: /^srv_/, needs: 'server:read', path: paths.server },
  { is: /^tsk_/, needs: 'task:read', path: paths.task },
  { is: /^shp_/, needs: 'shipment:read', path: paths.shipment },
  { is: /^apr_/, needs: 'approval:read', path: () => paths.approvals() },
  { is: /^[a-z][a-z0-9-]*-[a-z]{3}_/, needs: 'saga:read', path: paths.saga },
];
