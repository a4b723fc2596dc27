import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type AnyRouter,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { patterns } from './api/paths.ts';
import { Home } from './platform/pages/home.tsx';
import { Layout } from './platform/pages/layout.tsx';
import { NotFound } from './platform/pages/not-found.tsx';
import { ProblemNote } from './ui/note.tsx';
import { Page } from './ui/page.tsx';
import { Skeleton } from './ui/skeleton.tsx';

const root = createRootRoute({ component: Layout });
const page = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component });

/** Each page is fetched when it is first aimed at. */
const pages = [
  createRoute({ getParentRoute: () => root, path: patterns.home, component: Home }),
  page(
    patterns.orders,
    lazyRouteComponent(() => import('./orders/pages/orders.tsx'), 'OrdersPage'),
  ),
  page(
    patterns.newOrder,
    lazyRouteComponent(() => import('./orders/pages/new-order.tsx'), 'NewOrderPage'),
  ),
  page(
    patterns.order,
    lazyRouteComponent(() => import('./orders/pages/order.tsx'), 'OrderPage'),
  ),
  page(
    patterns.approvals,
    lazyRouteComponent(() => import('./procurement/pages/approvals.tsx'), 'ApprovalsPage'),
  ),
  page(
    patterns.servers,
    lazyRouteComponent(() => import('./delivery/pages/servers.tsx'), 'ServersPage'),
  ),
  page(
    patterns.server,
    lazyRouteComponent(() => import('./delivery/pages/server.tsx'), 'ServerPage'),
  ),
  page(
    patterns.decommissions,
    lazyRouteComponent(() => import('./decommissioning/pages/decommissions.tsx'), 'DecommissionsPage'),
  ),
  page(
    patterns.tasks,
    lazyRouteComponent(() => import('./fleet/pages/tasks.tsx'), 'TasksPage'),
  ),
  page(
    patterns.task,
    lazyRouteComponent(() => import('./fleet/pages/task.tsx'), 'TaskPage'),
  ),
  page(
    patterns.shipments,
    lazyRouteComponent(() => import('./receiving/pages/shipments.tsx'), 'ShipmentsPage'),
  ),
  page(
    patterns.shipment,
    lazyRouteComponent(() => import('./receiving/pages/shipment.tsx'), 'ShipmentPage'),
  ),
  page(
    patterns.assets,
    lazyRouteComponent(() => import('./fleet/pages/assets.tsx'), 'AssetsPage'),
  ),
  page(
    patterns.asset,
    lazyRouteComponent(() => import('./fleet/pages/asset.tsx'), 'AssetPage'),
  ),
  page(
    patterns.sagas,
    lazyRouteComponent(() => import('./platform/pages/sagas.tsx'), 'SagasPage'),
  ),
  page(
    patterns.saga,
    lazyRouteComponent(() => import('./platform/pages/saga.tsx'), 'SagaPage'),
  ),
  page(
    patterns.events,
    lazyRouteComponent(() => import('./platform/pages/events.tsx'), 'EventsPage'),
  ),
  page(
    patterns.deadLetters,
    lazyRouteComponent(() => import('./platform/pages/dead-letters.tsx'), 'DeadLettersPage'),
  ),
  page(
    patterns.systems,
    lazyRouteComponent(() => import('./platform/pages/systems.tsx'), 'SystemsPage'),
  ),
];

const Broken = ({ error, reset }: ErrorComponentProps) => (
  <Page title="Something broke">
    <ProblemNote error={error} retry={reset} />
  </Page>
);

export const createPortalRouter = (): AnyRouter =>
  createRouter({
    routeTree: root.addChildren(pages),
    // Plain text in, plain text out: an address says `?search=123` and means these letters.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(
        Object.entries(search).flatMap(([key, value]) =>
          typeof value === 'string' && value !== '' ? [[key, value]] : [],
        ),
      ).toString();
      return text && `?${text}`;
    },
    scrollRestoration: true,
    defaultPendingMs: 150,
    defaultPendingComponent: () => <Skeleton rows={6} />,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
  });
