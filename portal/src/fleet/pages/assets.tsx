import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AssetView } from '../../../../shared/domain/assets/assets.api.ts';
import { Condition, states } from '../../../../shared/lifecycle/states.ts';
import { paths } from '../../api/paths.ts';
import { assetsQuery, datacentersQuery } from '../../api/queries.ts';
import { Answered } from '../../ui/answered.tsx';
import { ConditionBadge, StateBadge } from '../../ui/badge.tsx';
import { Id } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterSelect, FilterText } from '../../ui/filters.tsx';
import { PageLink, useGo } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';

const columns: readonly Column<AssetView>[] = [
  { name: 'Asset', show: ({ id, serial }) => <PageLink to={paths.asset(id)}>{serial ?? <Id id={id} />}</PageLink> },
  { name: 'Model', show: ({ model, config }) => model ?? <span className="soft">{config.cpu}</span> },
  {
    name: 'State',
    show: ({ state, condition }) => (
      <>
        <StateBadge state={state} /> <ConditionBadge condition={condition} />
      </>
    ),
  },
  { name: 'Since', show: ({ stateSince }) => <When at={stateSince} /> },
  {
    name: 'To leave',
    show: ({ leaveBy }) => (leaveBy ? <Due at={leaveBy} lead="" /> : <span className="soft">may rest</span>),
  },
  { name: 'Owner', show: ({ owner }) => words(owner) },
  {
    name: 'Place',
    show: ({ datacenterId, rackName, rackUnit }) =>
      rackName ? `${datacenterId} ${rackName}, unit ${rackUnit}` : datacenterId,
  },
  { name: 'Tenant', show: ({ tenantId }) => tenantId },
];

/** Every server there is, from the order line on. */
export function AssetsPage() {
  const go = useGo();
  const { after, ...filter } = useUrlState('state', 'condition', 'datacenter', 'search', 'orderId', 'after');
  const datacenters = useQuery(datacentersQuery);
  const assets = useQuery({ ...assetsQuery({ ...filter, after }), placeholderData: keepPreviousData });
  const narrow = (change: Partial<typeof filter>) => go(paths.assets({ ...filter, ...change }), { replace: true });
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <Page title="Assets">
      <Filters>
        <FilterText
          label="Search"
          placeholder="Serial, model or id"
          value={filter.search}
          onChange={(search) => narrow({ search })}
        />
        <FilterSelect
          label="State"
          any="Any state"
          options={Object.keys(states)}
          value={filter.state}
          onChange={(state) => narrow({ state })}
        />
        <FilterSelect
          label="Condition"
          any="Any condition"
          options={Condition.options}
          value={filter.condition}
          onChange={(condition) => narrow({ condition })}
        />
        <FilterSelect
          label="Datacenter"
          any="All datacenters"
          options={datacenters.data?.items.map(({ id }) => id) ?? []}
          value={filter.datacenter}
          onChange={(datacenter) => narrow({ datacenter })}
        />
      </Filters>
      <Answered query={assets} rows={10}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty
              icon="server"
              title={isFiltered ? 'No asset fits these filters' : 'No assets yet'}
              action={
                isFiltered && (
                  <PageLink className="button button-plain" to={paths.assets()}>
                    Clear the filters
                  </PageLink>
                )
              }
            >
              {!isFiltered && 'The first order makes the first of them.'}
            </Empty>
          ) : (
            <>
              <Table label="Assets" columns={columns} rows={items} rowKey={({ id }) => id} />
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.assets({ ...filter, after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
