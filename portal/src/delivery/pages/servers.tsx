import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { paths } from '../../api/paths.ts';
import { serversQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { ConditionBadge, StateBadge } from '../../ui/badge.tsx';
import { Id } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';

const columns: readonly Column<ServerView>[] = [
  { name: 'Server', show: ({ id, serial }) => <PageLink to={paths.server(id)}>{serial ?? <Id id={id} />}</PageLink> },
  { name: 'Model', show: ({ manufacturer, model }) => [manufacturer, model].filter(Boolean).join(' ') },
  {
    name: 'Configuration',
    show: ({ config }) => (
      <span className="soft">
        {config.cpu}, {config.ram}
      </span>
    ),
  },
  { name: 'Datacenter', show: ({ datacenterId }) => datacenterId },
  {
    name: 'State',
    show: ({ state, condition }) => (
      <>
        <StateBadge state={state} /> <ConditionBadge condition={condition} />
      </>
    ),
  },
  { name: 'Since', show: ({ stateSince }) => <When at={stateSince} /> },
];
const tenantColumn: Column<ServerView> = { name: 'Tenant', show: ({ tenantId }) => tenantId };

export function ServersPage() {
  const isStaff = useMe().tenantId === null;
  const may = useMay();
  const { after } = useUrlState('after');
  const servers = useQuery({ ...serversQuery({ after }), placeholderData: keepPreviousData });
  return (
    <Page title={isStaff ? 'Servers in the hands of tenants' : 'My servers'}>
      <Answered query={servers}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty
              icon="server"
              title="No servers yet"
              action={
                may('order:create') &&
                !isStaff && (
                  <PageLink className="button button-primary" to={paths.newOrder()}>
                    Order servers
                  </PageLink>
                )
              }
            >
              A server appears here when it is handed over.
            </Empty>
          ) : (
            <>
              <Table
                label="Servers"
                columns={isStaff ? [...columns.slice(0, 1), tenantColumn, ...columns.slice(1)] : columns}
                rows={items}
                rowKey={({ id }) => id}
              />
              <Pager next={next} isFirst={after === undefined} to={(cursor) => paths.servers({ after: cursor })} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
