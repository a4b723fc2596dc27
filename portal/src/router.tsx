import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type AnyRouter,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { Home } from './pages/platform/home.tsx';
import { Layout } from './pages/platform/layout.tsx';
import { NotFound } from './pages/platform/not-found.tsx';
import { patterns } from './paths.ts';
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
    lazyRouteComponent(() => import('./pages/procurement/orders.tsx'), 'OrdersPage'),
  ),
  page(
    patterns.newOrder,
    lazyRouteComponent(() => import('./pages/procurement/new-order.tsx'), 'NewOrderPage'),
  ),
  page(
    patterns.order,
    lazyRouteComponent(() => import('./pages/procurement/order.tsx'), 'OrderPage'),
  ),
  page(
    patterns.approvals,
    lazyRouteComponent(() => import('./pages/procurement/approvals.tsx'), 'ApprovalsPage'),
  ),
  page(
    patterns.servers,
    lazyRouteComponent(() => import('./pages/delivery/servers.tsx'), 'ServersPage'),
  ),
  page(
    patterns.server,
    lazyRouteComponent(() => import('./pages/delivery/server.tsx'), 'ServerPage'),
  ),
  page(
    patterns.decommissions,
    lazyRouteComponent(() => import('./pages/decommissioning/decommissions.tsx'), 'DecommissionsPage'),
  ),
  page(
    patterns.tasks,
    lazyRouteComponent(() => import('./pages/receiving/tasks.tsx'), 'TasksPage'),
  ),
  page(
    patterns.task,
    lazyRouteComponent(() => import('./pages/receiving/task.tsx'), 'TaskPage'),
  ),
  page(
    patterns.shipments,
    lazyRouteComponent(() => import('./pages/receiving/shipments.tsx'), 'ShipmentsPage'),
  ),
  page(
    patterns.shipment,
    lazyRouteComponent(() => import('./pages/receiving/shipment.tsx'), 'ShipmentPage'),
  ),
  page(
    patterns.assets,
    lazyRouteComponent(() => import('./pages/operations/assets.tsx'), 'AssetsPage'),
  ),
  page(
    patterns.asset,
    lazyRouteComponent(() => import('./pages/operations/asset.tsx'), 'AssetPage'),
  ),
  page(
    patterns.sagas,
    lazyRouteComponent(() => import('./pages/operations/sagas.tsx'), 'SagasPage'),
  ),
  page(
    patterns.saga,
    lazyRouteComponent(() => import('./pages/operations/saga.tsx'), 'SagaPage'),
  ),
  page(
    patterns.events,
    lazyRouteComponent(() => import('./pages/operations/events.tsx'), 'EventsPage'),
  ),
  page(
    patterns.deadLetters,
    lazyRouteComponent(() => import('./pages/operations/dead-letters.tsx'), 'DeadLettersPage'),
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
