import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import type { AnswerOf, Given, ReadRoute } from './routes.ts';

// Everything the portal reads. Keys begin with what is read, so that a live event can say what it makes stale.
const reads = <R extends ReadRoute>(key: readonly [kind: string, about?: unknown], route: R, given: Given<R>) =>
  queryOptions({ queryKey: key, queryFn: ({ signal }) => call(route, given, { signal }) });
type FilterOf<R extends ReadRoute> = NonNullable<Given<R>['query']>;

export const meQuery = { ...reads(['me'], 'GET /v1/me', {}), staleTime: 60_000 };
export const datacentersQuery = { ...reads(['datacenters'], 'GET /v1/datacenters', {}), staleTime: Infinity };

export const ordersQuery = (query: FilterOf<'GET /v1/orders'>) => reads(['orders', query], 'GET /v1/orders', { query });
export const orderQuery = (id: string) => reads(['order', id], 'GET /v1/orders/{id}', { params: { id } });
export const orderTimelineQuery = (id: string) =>
  reads(['timeline', id], 'GET /v1/orders/{id}/timeline', { params: { id } });
export const quotesQuery = (orderId: string) =>
  reads(['quotes', { orderId }], 'GET /v1/quotes', { query: { orderId } });
export const approvalsQuery = (query: FilterOf<'GET /v1/approvals'>) =>
  reads(['approvals', query], 'GET /v1/approvals', { query });

export const tasksQuery = (query: FilterOf<'GET /v1/tasks'>) => reads(['tasks', query], 'GET /v1/tasks', { query });
export const taskQuery = (id: string) => reads(['task', id], 'GET /v1/tasks/{id}', { params: { id } });
export const shipmentsQuery = (query: FilterOf<'GET /v1/shipments'>) =>
  reads(['shipments', query], 'GET /v1/shipments', { query });

export const serversQuery = (query: FilterOf<'GET /v1/servers'>) =>
  reads(['servers', query], 'GET /v1/servers', { query });
export const serverQuery = (id: string) => reads(['server', id], 'GET /v1/servers/{id}', { params: { id } });
export const decommissionsQuery = (query: FilterOf<'GET /v1/decommissions'>) =>
  reads(['decommissions', query], 'GET /v1/decommissions', { query });

export const assetsQuery = (query: FilterOf<'GET /v1/assets'>) => reads(['assets', query], 'GET /v1/assets', { query });
export const assetQuery = (id: string) => reads(['asset', id], 'GET /v1/assets/{id}', { params: { id } });
export const assetHistoryQuery = (id: string) =>
  reads(['history', id], 'GET /v1/assets/{id}/history', { params: { id } });
const firstPage: string | undefined = undefined;
/** Page after page, as far back as somebody wants to read. */
export const assetLogQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['asset-log', id],
    initialPageParam: firstPage,
    getNextPageParam: ({ next }: AnswerOf<'GET /v1/assets/{id}/log'>) => next ?? undefined,
    queryFn: ({ signal, pageParam: after }) =>
      call('GET /v1/assets/{id}/log', { params: { id }, query: { limit: 20, after } }, { signal }),
  });

export const assetProofsQuery = (id: string) => reads(['proofs', id], 'GET /v1/assets/{id}/proofs', { params: { id } });

export const sagasQuery = (query: FilterOf<'GET /v1/sagas'>) => reads(['sagas', query], 'GET /v1/sagas', { query });
export const sagaQuery = (id: string) => reads(['saga', id], 'GET /v1/sagas/{id}', { params: { id } });
export const sagaHistoryQuery = (id: string) =>
  reads(['saga-history', id], 'GET /v1/sagas/{id}/history', { params: { id } });

export const systemsQuery = { ...reads(['systems'], 'GET /v1/systems', {}), staleTime: 60_000 };

export const eventsQuery = (query: FilterOf<'GET /v1/events'>) => reads(['events', query], 'GET /v1/events', { query });
export const deadLettersQuery = (query: FilterOf<'GET /v1/dead-letters'>) =>
  reads(['dead-letters', query], 'GET /v1/dead-letters', { query });
