import type { Action } from '../../../shared/access/caller.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import type { IdKind, prefixes } from '../../../shared/kernel/ids.ts';
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
  systems: '/systems',
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
  systems: (): string => patterns.systems,
  /** Not a page of ours: the platform sends the browser to the identity provider and back to `returnTo`. */
  signIn: (returnTo: string): string => withQuery('/auth/login', { returnTo }),
};

const about = (pattern: string, id: string): string => pattern.replace('$id', encodeURIComponent(id));

interface LinkedPage {
  needs: Action;
  path: (id: string) => string;
}
/**
 * The fields of answers and events that hold the id of a thing with a page: what such an id begins with, and its pages,
 * of which a reader gets the first that they may see. Every link to a thing is made here.
 */
const linked = {
  orderId: { prefix: 'ord', pages: [{ needs: 'order:read', path: paths.order }] },
  serverId: {
    prefix: 'srv',
    pages: [
      { needs: 'asset:read', path: paths.asset },
      { needs: 'server:read', path: paths.server },
    ],
  },
  taskId: { prefix: 'tsk', pages: [{ needs: 'task:read', path: paths.task }] },
  shipmentId: { prefix: 'shp', pages: [{ needs: 'shipment:read', path: paths.shipment }] },
  approvalId: { prefix: 'apr', pages: [{ needs: 'approval:read', path: () => paths.approvals() }] },
  /** A saga is named after what it is about: its id has no beginning of its own. */
  sagaId: { prefix: null, pages: [{ needs: 'saga:read', path: paths.saga }] },
} as const satisfies Readonly<
  Record<string, { prefix: (typeof prefixes)[IdKind] | null; pages: readonly LinkedPage[] }>
>;
export type LinkedField = keyof typeof linked;
/** Things by the fields that hold their ids. */
export type Linked = { readonly [F in LinkedField]?: string | null };
const linkedFields = Object.keys(linked) as LinkedField[];

/** The page about a thing, by the field that holds its id; undefined where this reader may see none. */
export function pageOf(field: LinkedField, id: string, may: (action: Action) => boolean): string | undefined {
  const pages: readonly LinkedPage[] = linked[field].pages;
  return pages.find(({ needs }) => may(needs))?.path(id);
}

/** What an event is about, as the field that holds it: the one of its data that says the same, or by its id. */
export function aboutOf({ subject, data }: Pick<CloudEvent, 'subject' | 'data'>): Linked {
  const field =
    linkedFields.find((each) => data[each] === subject) ??
    linkedFields.find((each) => linked[each].prefix !== null && subject.startsWith(`${linked[each].prefix}_`));
  return field === undefined ? {} : { [field]: subject };
}

/** The first of some fields that holds an id. */
export function firstOf(things: Linked): { field: LinkedField; id: string } | undefined {
  for (const [name, id] of Object.entries(things)) {
    const field = linkedFields.find((each) => each === name);
    if (field && id) return { field, id };
  }
  return undefined;
}
