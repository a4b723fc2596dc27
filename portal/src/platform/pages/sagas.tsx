import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SagaView } from '../../../../shared/domain/sagas/sagas.api.ts';
import { paths } from '../../api/paths.ts';
import { sagasQuery } from '../../api/queries.ts';
import { useAnnounceChange } from '../../ui/announcer.tsx';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Filters, FilterSelect } from '../../ui/filters.tsx';
import { PageLink, useGo } from '../../ui/link.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';

const sagaStates = ['accepted', 'running', 'waiting', 'unwinding', 'stuck', 'done', 'failed', 'cancelled'] as const;
const stories = [
  'fulfill-order',
  'maintain-server',
  'decommission-server',
  'procure',
  'receive-shipment',
  'deploy-server',
  'install-server',
  'discover-server',
  'validate-server',
  'commission-server',
  'deliver-server',
] as const;

const columns: readonly Column<SagaView>[] = [
  { name: 'Saga', show: ({ id, name }) => <PageLink to={paths.saga(id)}>{words(name)}</PageLink> },
  { name: 'About', show: ({ subject, serverId, orderId }) => <ThingLink of={{ serverId, orderId }} other={subject} /> },
  { name: 'Tenant', show: ({ tenantId }) => tenantId },
  { name: 'State', show: ({ state }) => <StateBadge state={state} /> },
  {
    name: 'Waiting for',
    show: ({ waitingFor, waitingUntil, endedReason, endedAt }) =>
      endedAt ? (
        <span className="soft">{endedReason}</span>
      ) : (
        waitingFor && (
          <>
            {waitingFor}
            {waitingUntil && (
              <span className="soft">
                , <Due at={waitingUntil} />
              </span>
            )}
          </>
        )
      ),
  },
  { name: 'Began', show: ({ startedAt }) => <When at={startedAt} /> },
];
const stuckColumns: readonly Column<SagaView>[] = [
  { name: 'Saga', show: ({ rootId, name }) => <PageLink to={paths.saga(rootId)}>{words(name)}</PageLink> },
  { name: 'About', show: ({ subject, serverId, orderId }) => <ThingLink of={{ serverId, orderId }} other={subject} /> },
  { name: 'Stuck at', show: ({ held }) => held && words(held.step) },
  { name: 'Because', show: ({ held }) => held?.reason },
  { name: 'Since', show: ({ updatedAt }) => <When at={updatedAt} /> },
];

/** Every story that runs or ran; what needs a person stands first. */
export function SagasPage() {
  const go = useGo();
  const { state, name, serverId, after } = useUrlState('state', 'name', 'serverId', 'after');
  const stuck = useQuery(sagasQuery({ state: 'stuck' }));
  // Without a filter the list shows whole stories; a filter may ask for a part of one.
  const roots = name || serverId || state ? undefined : 'true';
  const sagas = useQuery({ ...sagasQuery({ state, name, serverId, roots, after }), placeholderData: keepPreviousData });
  const narrow = (change: { state?: string | undefined; name?: string | undefined; serverId?: string | undefined }) =>
    go(paths.sagas({ state, name, serverId, ...change }), { replace: true });
  useAnnounceChange(stuck.data && `${count(stuck.data.items.length, 'saga')} stuck`);
  return (
    <Page title="Sagas">
      {stuck.data && stuck.data.items.length > 0 && state !== 'stuck' && (
        <Section title="Stuck: a person has to decide" flush>
          <Table label="Stuck sagas" columns={stuckColumns} rows={stuck.data.items} rowKey={({ id }) => id} />
        </Section>
      )}
      <Filters>
        <FilterSelect
          label="State"
          any="Any state"
          options={sagaStates}
          value={state}
          onChange={(chosen) => narrow({ state: chosen })}
        />
        <FilterSelect
          label="Story"
          any="Whole stories"
          options={stories}
          value={name}
          onChange={(chosen) => narrow({ name: chosen })}
        />
        {serverId && (
          <p className="filter-fixed">
            About <ThingLink of={{ serverId }} /> <PageLink to={paths.sagas({ state, name })}>Show all</PageLink>
          </p>
        )}
      </Filters>
      <Answered query={sagas} rows={8}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty
              icon="going"
              title={state || name || serverId ? 'No saga fits these filters' : 'No story has begun yet'}
            >
              {!(state || name || serverId) && 'An order begins the first.'}
            </Empty>
          ) : (
            <>
              <Table
                label="Sagas"
                columns={state === 'stuck' ? stuckColumns : columns}
                rows={items}
                rowKey={({ id }) => id}
              />
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.sagas({ state, name, serverId, after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
