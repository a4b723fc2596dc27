import type { ShipmentView } from '../../../../shared/domain/receiving/shipments.api.ts';
import { paths } from '../../api/paths.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { company } from '../../ui/words.ts';

export const receivedIn = ({ items }: Pick<ShipmentView, 'items'>): number =>
  items.filter(({ state }) => state !== 'expected').length;

export const ShipmentsTable = ({ shipments }: { shipments: readonly ShipmentView[] }) => (
  <Table
    label="Shipments"
    rows={shipments}
    rowKey={({ id }) => id}
    columns={[
      {
        name: 'Shipment',
        show: ({ id, carrier, trackingNumber }) => (
          <PageLink to={paths.shipment(id)}>
            {company(carrier)} {trackingNumber}
          </PageLink>
        ),
      },
      { name: 'To', show: ({ datacenterId }) => datacenterId },
      { name: 'State', show: ({ state }) => <StateBadge state={state} /> },
      { name: 'Scanned', isNumber: true, show: (shipment) => `${receivedIn(shipment)} of ${shipment.items.length}` },
      {
        name: 'Expected',
        show: ({ estimatedArrival, deliveredAt }) =>
          deliveredAt ? (
            <>
              came <When at={deliveredAt} />
            </>
          ) : estimatedArrival ? (
            <When at={estimatedArrival} />
          ) : (
            <span className="soft">not known</span>
          ),
      },
    ]}
  />
);
