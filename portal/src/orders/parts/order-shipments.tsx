import { useQuery } from '@tanstack/react-query';
import { shipmentsQuery } from '../../api/queries.ts';
import { ShipmentsTable } from '../../receiving/parts/shipments-table.tsx';
import { Answered } from '../../ui/answered.tsx';
import { Section } from '../../ui/page.tsx';

/** What is on its way for an order; nothing before there is. */
export function OrderShipments({ orderId }: { orderId: string }) {
  const shipments = useQuery(shipmentsQuery({ orderId }));
  if (shipments.data?.items.length === 0) return null;
  return (
    <Section title="Shipments" flush>
      <Answered query={shipments} rows={2}>
        {({ items }) => <ShipmentsTable shipments={items} />}
      </Answered>
    </Section>
  );
}
