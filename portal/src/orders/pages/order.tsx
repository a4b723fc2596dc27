import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderDetail, OrderView } from '../../../../shared/domain/orders/orders.api.ts';
import { cancelOrder } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { orderQuery, orderTimelineQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Quotes } from '../../procurement/parts/quotes.tsx';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText, Id } from '../../ui/copy.tsx';
import { ReasonDialog } from '../../ui/forms/reason-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note } from '../../ui/note.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { tone } from '../../ui/tones.ts';
import { useIdInPath } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';
import { count, sentence } from '../../ui/words.ts';
import { Entries } from '../parts/entries.tsx';
import { OrderPhases } from '../parts/order-phases.tsx';
import { OrderServers } from '../parts/order-servers.tsx';
import { OrderShipments } from '../parts/order-shipments.tsx';
import { isOver } from '../parts/order-states.ts';

// Not every step of an order makes an event that its tenant may hear of.
const pollMilliseconds = 5000;

export function OrderPage() {
  const id = useIdInPath();
  const may = useMay();
  const order = useQuery(orderQuery(id));
  const isGoing = order.data === undefined || !isOver(order.data.state);
  const timeline = useQuery({ ...orderTimelineQuery(id), refetchInterval: isGoing ? pollMilliseconds : false });
  // The order's own state names the last part it reached, also while that is taken back.
  const isTakenBack = timeline.data?.phases.some(({ state }) => state === 'taking-back') ?? false;
  return (
    <Page
      title="Order"
      parent={{ to: paths.orders(), name: 'Orders' }}
      heading={
        <>
          Order <Id id={id} />
          {order.data && <StateBadge state={isTakenBack && isGoing ? 'being-taken-back' : order.data.state} />}
        </>
      }
      actions={order.data && !isOver(order.data.state) && may('order:cancel') && <CancelButton order={order.data} />}
    >
      <Answered query={order} rows={8}>
        {(detail) => (
          <>
            {detail.endedReason && (
              <Note tone={tone(detail.state)} title={`The order is ${detail.state}`}>
                <p>{sentence(detail.endedReason)}</p>
              </Note>
            )}
            <div className="columns">
              <div>
                <Section title="Progress">
                  <Answered query={timeline} rows={7}>
                    {({ phases }) => <OrderPhases phases={phases} />}
                  </Answered>
                </Section>
                <OrderServers servers={detail.servers} ordered={quantityOf(detail)} isOver={isOver(detail.state)} />
                {may('procurement:read') && (
                  <Section title="Quotes">
                    <Quotes orderId={id} />
                  </Section>
                )}
                {may('shipment:read') && <OrderShipments orderId={id} />}
              </div>
              <div>
                <OrderFacts order={detail} />
                <Section title="What happened">
                  <Answered query={timeline} rows={5}>
                    {({ entries }) => <Entries entries={entries} />}
                  </Answered>
                </Section>
              </div>
            </div>
          </>
        )}
      </Answered>
    </Page>
  );
}

const quantityOf = ({ lines }: OrderView): number => lines.reduce((sum, { quantity }) => sum + quantity, 0);

function OrderFacts({ order }: { order: OrderView }) {
  const may = useMay();
  return (
    <Section title="What was ordered">
      <ul className="lines">
        {order.lines.map(({ id, quantity, config }) => (
          <li key={id}>
            <strong>{count(quantity, 'server')}</strong>
            <span className="soft">
              {config.cpu} · {config.ram} · {config.storage} · {config.network}
            </span>
          </li>
        ))}
      </ul>
      <KeyValues
        of={{
          Order: <CopyText text={order.id} label="order id" />,
          Datacenter: order.datacenterId,
          Tenant: order.tenantId,
          'Ordered by': order.requestedBy,
          Ordered: <When at={order.createdAt} />,
          Saga: may('saga:read') && <PageLink to={paths.saga(order.sagaId)}>See how it runs</PageLink>,
        }}
      />
    </Section>
  );
}

function CancelButton({ order }: { order: OrderDetail }) {
  const [isOpen, setOpen] = useState(false);
  const cancel = useAct((reason: string, key) => cancelOrder(order.id, reason, key), {
    onDone: () => setOpen(false),
    said: () => 'The order is being taken back.',
  });
  return (
    <>
      <Button kind="danger" disabledReason={order.cancelBlockedReason} onClick={() => setOpen(true)}>
        Cancel the order
      </Button>
      {isOpen && (
        <ReasonDialog
          title="Cancel this order?"
          confirm="Cancel the order"
          isDanger
          isBusy={cancel.isBusy}
          error={cancel.error}
          onConfirm={cancel.run}
          onClose={() => {
            setOpen(false);
            cancel.forget();
          }}
        >
          <p>
            Everything done for it is taken back, step by step: reservations, quotes, the purchase. Servers that have
            arrived go back to stock or to the vendor.
          </p>
        </ReasonDialog>
      )}
    </>
  );
}
