import type { OrderDetail } from '../../../../shared/domain/orders/orders.api.ts';
import { paths } from '../../api/paths.ts';
import { useMay } from '../../api/session.ts';
import { ConditionBadge, StateBadge } from '../../ui/badge.tsx';
import { Id } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Section } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { count } from '../../ui/words.ts';

type OrderServer = OrderDetail['servers'][number];
const held: readonly string[] = ['ASSIGNED_TO_TENANT', 'IN_SERVICE', 'MAINTENANCE', 'DECOMMISSION_PROPOSED'];

/** The servers of an order, from the moment each of them is one. */
export function OrderServers({
  servers,
  ordered,
  isOver,
}: {
  servers: readonly OrderServer[];
  ordered: number;
  isOver: boolean;
}) {
  const may = useMay();
  const pathOf = ({ id, state }: OrderServer) =>
    may('asset:read') ? paths.asset(id) : may('server:read') && held.includes(state) ? paths.server(id) : undefined;
  return (
    <Section
      title="Servers"
      flush
      aside={
        <span className="soft">
          {servers.length} of {count(ordered, 'server')} known
        </span>
      }
    >
      {servers.length === 0 ? (
        <Empty
          icon="server"
          title={isOver ? 'This order holds no server any more' : 'No server stands for this order yet'}
        >
          {!isOver && 'They appear here when stock is reserved or the purchase is planned.'}
        </Empty>
      ) : (
        <Table
          label="Servers of this order"
          rows={servers}
          rowKey={({ id }) => id}
          columns={[
            {
              name: 'Server',
              show: (server) => {
                const to = pathOf(server);
                return to ? (
                  <PageLink to={to}>{server.serial ?? <Id id={server.id} />}</PageLink>
                ) : (
                  (server.serial ?? <Id id={server.id} />)
                );
              },
            },
            { name: 'Model', show: ({ model }) => model ?? <span className="soft">not chosen yet</span> },
            {
              name: 'State',
              show: ({ state, condition }) => (
                <>
                  <StateBadge state={state} /> <ConditionBadge condition={condition} />
                </>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
