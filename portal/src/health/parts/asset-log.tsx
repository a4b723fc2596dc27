import { useInfiniteQuery } from '@tanstack/react-query';
import type { BmcLogLine } from '../../../../shared/domain/health/health.api.ts';
import { assetLogQuery } from '../../api/queries.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/page.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';

const columns: readonly Column<BmcLogLine>[] = [
  {
    name: 'Severity',
    show: ({ severity, gap }) => (gap ? <StateBadge state="gap" tone="quiet" /> : <StateBadge state={severity} />),
  },
  {
    name: 'When',
    show: ({ at, readAt }) =>
      at ? (
        <When at={at} />
      ) : (
        <>
          read <When at={readAt} />
        </>
      ),
  },
  {
    name: 'What',
    show: ({ message, code, action }) => (
      <>
        {message}
        {code && (
          <>
            {' '}
            <code>{code}</code>
          </>
        )}
        {action && <span className="soft block">{action}</span>}
      </>
    ),
  },
];

/** What a server's management controller has logged, the newest first, with the vendor's advice. */
export function AssetLog({ serverId }: { serverId: string }) {
  const log = useInfiniteQuery(assetLogQuery(serverId));
  return (
    <Section title="Log of the management controller" flush>
      <Answered query={log} rows={4}>
        {({ pages }) => {
          const lines = pages.flatMap(({ items }) => items);
          return lines.length === 0 ? (
            <p className="padded soft">It has logged nothing that we have read.</p>
          ) : (
            <Table label="Log of the management controller" columns={columns} rows={lines} rowKey={({ id }) => id} />
          );
        }}
      </Answered>
      {log.hasNextPage && (
        <p className="padded">
          <Button isBusy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Show older entries
          </Button>
        </p>
      )}
    </Section>
  );
}
