import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { OrderView } from '../../../../shared/domain/orders/orders.api.ts';
import { paths } from '../../api/paths.ts';
import { ordersQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Id } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterSelect } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageLink, useGo } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';
import { orderStates } from '../parts/order-states.ts';

const columns: readonly Column<OrderView>[] = [
  {
    name: 'Order',
    show: ({ id }) => (
      <PageLink to={paths.order(id)}>
        <Id id={id} />
      </PageLink>
    ),
  },
  { name: 'Servers', isNumber: true, show: ({ lines }) => lines.reduce((sum, { quantity }) => sum + quantity, 0) },
  {
    name: 'Configuration',
    show: ({ lines }) => (
      <span className="soft">{lines.map(({ config }) => `${config.cpu}, ${config.ram}`).join(' · ')}</span>
    ),
  },
  { name: 'Datacenter', show: ({ datacenterId }) => datacenterId },
  { name: 'State', show: ({ state }) => <StateBadge state={state} /> },
  { name: 'Ordered', show: ({ createdAt }) => <When at={createdAt} /> },
];
const tenantColumn: Column<OrderView> = { name: 'Tenant', show: ({ tenantId }) => tenantId };

export function OrdersPage() {
  const may = useMay();
  const isStaff = useMe().tenantId === null;
  const go = useGo();
  const { state, after } = useUrlState('state', 'after');
  const orders = useQuery({ ...ordersQuery({ state, after }), placeholderData: keepPreviousData });
  const toNewOrder = may('order:create') && (
    <PageLink className="button button-primary" to={paths.newOrder()}>
      <Icon name="plus" />
      New order
    </PageLink>
  );
  return (
    <Page title="Orders" actions={toNewOrder}>
      <Filters>
        <FilterSelect
          label="State"
          any="Any state"
          options={orderStates}
          value={state}
          onChange={(chosen) => go(paths.orders({ state: chosen }), { replace: true })}
        />
      </Filters>
      <Answered query={orders}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty
              icon="server"
              title={state ? 'No order is in this state' : 'No orders yet'}
              action={
                state ? (
                  <PageLink className="button button-plain" to={paths.orders()}>
                    Show all orders
                  </PageLink>
                ) : (
                  toNewOrder
                )
              }
            >
              {!state && 'Order servers and follow each of them here until it is in your hands.'}
            </Empty>
          ) : (
            <>
              <Table
                label="Orders"
                columns={isStaff ? [...columns.slice(0, 1), tenantColumn, ...columns.slice(1)] : columns}
                rows={items}
                rowKey={({ id }) => id}
              />
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.orders({ state, after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
