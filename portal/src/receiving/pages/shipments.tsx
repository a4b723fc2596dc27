import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { paths } from '../../api/paths.ts';
import { shipmentsQuery } from '../../api/queries.ts';
import { Answered } from '../../ui/answered.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { ShipmentsTable } from '../parts/shipments-table.tsx';

export function ShipmentsPage() {
  const { orderId, after } = useUrlState('orderId', 'after');
  const shipments = useQuery({ ...shipmentsQuery({ orderId, after }), placeholderData: keepPreviousData });
  return (
    <Page title="Shipments">
      <Answered query={shipments}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty icon="server" title="Nothing is on its way">
              Shipments appear here when a vendor announces one.
            </Empty>
          ) : (
            <>
              <ShipmentsTable shipments={items} />
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.shipments({ orderId, after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
