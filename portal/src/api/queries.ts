import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { MeView } from '../../../shared/access/me.api.ts';
import type { ApprovalView } from '../../../shared/domain/approvals/approvals.api.ts';
import type { AssetDetail, AssetView, HistoryEntry, ServerView } from '../../../shared/domain/assets/assets.api.ts';
import type { DatacenterView } from '../../../shared/domain/datacenters/datacenters.api.ts';
import type { DecommissionView } from '../../../shared/domain/decommissions/decommissions.api.ts';
import type { BmcLogLine } from '../../../shared/domain/health/health.api.ts';
import type { OrderDetail, OrderTimeline, OrderView } from '../../../shared/domain/orders/orders.api.ts';
import type { QuoteView } from '../../../shared/domain/procurement/procurement.api.ts';
import type { ShipmentView } from '../../../shared/domain/receiving/shipments.api.ts';
import type { SagaDetail, SagaView, TimelineEntry } from '../../../shared/domain/sagas/sagas.api.ts';
import type { TaskView } from '../../../shared/domain/tasks/tasks.api.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import type { DeadLetterView } from '../../../shared/events/dead-letters.api.ts';
import { get } from './http.ts';
import { withQuery } from './with-query.ts';

// Everything the portal reads. Keys begin with what is read, so that a live event can say what it makes stale.

/** One page of a list; `next` is where the following one begins. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
type Filter = Readonly<Record<string, string | number | undefined>>;

const one = <T>(kind: string, id: string, path: string) =>
  queryOptions({ queryKey: [kind, id], queryFn: ({ signal }) => get<T>(path, signal) });
const many = <T>(kind: string, path: string, filter: Filter = {}) =>
  queryOptions({ queryKey: [kind, filter], queryFn: ({ signal }) => get<Page<T>>(withQuery(path, filter), signal) });
const segment = encodeURIComponent;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => get<MeView>('/me', signal),
  staleTime: 60_000,
});
export const datacentersQuery = queryOptions({
  queryKey: ['datacenters'],
  queryFn: ({ signal }) => get<Page<z.infer<typeof DatacenterView>>>('/datacenters', signal),
  staleTime: Infinity,
});

export const ordersQuery = (filter: Filter) => many<OrderView>('orders', '/orders', filter);
export const orderQuery = (id: string) => one<OrderDetail>('order', id, `/orders/${segment(id)}`);
export const orderTimelineQuery = (id: string) => one<OrderTimeline>('timeline', id, `/orders/${segment(id)}/timeline`);
export const quotesQuery = (orderId: string) => many<QuoteView>('quotes', '/quotes', { orderId });
export const approvalsQuery = (filter: Filter) => many<ApprovalView>('approvals', '/approvals', filter);

export const tasksQuery = (filter: Filter) => many<TaskView>('tasks', '/tasks', filter);
export const taskQuery = (id: string) => one<TaskView>('task', id, `/tasks/${segment(id)}`);
export const shipmentsQuery = (filter: Filter) => many<ShipmentView>('shipments', '/shipments', filter);

export const serversQuery = (filter: Filter) => many<ServerView>('servers', '/servers', filter);
export const serverQuery = (id: string) => one<ServerView>('server', id, `/servers/${segment(id)}`);
export const decommissionsQuery = (filter: Filter) => many<DecommissionView>('decommissions', '/decommissions', filter);

export const assetsQuery = (filter: Filter) => many<AssetView>('assets', '/assets', filter);
export const assetQuery = (id: string) => one<AssetDetail>('asset', id, `/assets/${segment(id)}`);
/** Page after page, as far back as somebody wants to read. */
export const assetLogQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['asset-log', id],
    initialPageParam: undefined,
    getNextPageParam: ({ next }: Page<BmcLogLine>) => next,
    queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | undefined }) =>
      get<Page<BmcLogLine>>(withQuery(`/assets/${segment(id)}/log`, { limit: 20, after: pageParam }), signal),
  });
export const assetHistoryQuery = (id: string) =>
  one<Page<HistoryEntry>>('history', id, `/assets/${segment(id)}/history`);

export const sagasQuery = (filter: Filter) => many<SagaView>('sagas', '/sagas', filter);
export const sagaQuery = (id: string) => one<SagaDetail>('saga', id, `/sagas/${segment(id)}`);
export const sagaHistoryQuery = (id: string) =>
  one<Page<TimelineEntry>>('saga-history', id, `/sagas/${segment(id)}/history`);

export const eventsQuery = (filter: Filter) => many<CloudEvent>('events', '/events', filter);
export const deadLettersQuery = (filter: Filter) =>
  many<z.infer<typeof DeadLetterView>>('dead-letters', '/dead-letters', filter);
