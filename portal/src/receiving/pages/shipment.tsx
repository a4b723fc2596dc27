import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ShipmentView } from '../../../../shared/domain/receiving/shipments.api.ts';
import type { TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { paths } from '../../api/paths.ts';
import { shipmentsQuery, tasksQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { CompleteTaskDialog } from '../../fleet/forms/complete-task.tsx';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Note } from '../../ui/note.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useIdInPath } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';
import { company, count } from '../../ui/words.ts';
import { ScanForm } from '../forms/scan-form.tsx';
import { receivedIn } from '../parts/shipments-table.tsx';

// Two people may scan one pallet; a scan makes no event.
const pollMilliseconds = 10_000;

export function ShipmentPage() {
  const id = useIdInPath();
  const shipments = useQuery({ ...shipmentsQuery({ limit: 200 }), refetchInterval: pollMilliseconds });
  const shipment = shipments.data?.items.find((each) => each.id === id);
  return (
    <Page
      title={shipment ? `${company(shipment.carrier)} ${shipment.trackingNumber}` : 'Shipment'}
      parent={{ to: paths.shipments(), name: 'Shipments' }}
    >
      <Answered query={shipments} rows={6}>
        {() =>
          shipment ? (
            <ShipmentBody shipment={shipment} />
          ) : (
            <Empty icon="quiet" title="There is no such shipment">
              It may go to another datacenter, or be among the older ones.
            </Empty>
          )
        }
      </Answered>
    </Page>
  );
}

function ShipmentBody({ shipment }: { shipment: ShipmentView }) {
  const may = useMay();
  const tasks = useQuery({ ...tasksQuery({ state: 'todo', limit: 200 }), enabled: may('task:read') });
  const task = tasks.data?.items.find(({ shipmentId }) => shipmentId === shipment.id);
  const remaining = shipment.items.length - receivedIn(shipment);
  const isAtDock = shipment.state === 'delivered' || task !== undefined;
  return (
    <div className="narrow">
      <div className="progress">
        <p>
          <strong>
            {receivedIn(shipment)} of {count(shipment.items.length, 'machine')}
          </strong>{' '}
          scanned
        </p>
        <progress max={shipment.items.length} value={receivedIn(shipment)} aria-label="Machines scanned" />
      </div>
      {!isAtDock && shipment.state !== 'received' && (
        <Note tone="waiting" title="It has not come yet">
          <p>{shipment.lastEvent ?? 'The carrier has said nothing so far.'}</p>
        </Note>
      )}
      {isAtDock && remaining > 0 && may('shipment:receive') && (
        <Section title="Scan a machine">
          <ScanForm shipment={shipment} />
        </Section>
      )}
      {remaining === 0 && task && may('task:work') && <CompleteReceiving task={task} shipment={shipment} />}
      <Section title="Machines" flush>
        <ul className="machines">
          {shipment.items.map(({ serial, manufacturer, model, state, note, receivedBy, receivedAt }) => (
            <li key={serial}>
              <span>
                <strong className="mono">{serial}</strong>
                <span className="soft">
                  {manufacturer} {model}
                </span>
                {note && <span>{note}</span>}
              </span>
              <span>
                <StateBadge state={state} />
                {receivedAt && (
                  <span className="soft" title={receivedBy ?? undefined}>
                    <When at={receivedAt} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="About this shipment">
        <KeyValues
          of={{
            State: <StateBadge state={shipment.state} />,
            Datacenter: shipment.datacenterId,
            Expected: shipment.deliveredAt === null && shipment.estimatedArrival && (
              <When at={shipment.estimatedArrival} />
            ),
            Came: shipment.deliveredAt && <When at={shipment.deliveredAt} />,
            'The carrier says': shipment.lastEvent,
            Order: <ThingLink of={{ orderId: shipment.orderId }} />,
          }}
        />
      </Section>
    </div>
  );
}

function CompleteReceiving({ task, shipment }: { task: TaskView; shipment: ShipmentView }) {
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const damaged = shipment.items.filter(({ state }) => state === 'rejected').length;
  const isTaken = task.claimedById !== null && task.claimedById !== me.id && me.datacenterIds.length > 0;
  return (
    <div className="next-action">
      <Note
        tone={damaged > 0 ? 'bad' : 'good'}
        title={damaged > 0 ? `${count(damaged, 'machine')} damaged: the order will be told` : 'Everything is here'}
      />
      <Button
        kind="primary"
        size="big"
        disabledReason={isTaken ? `${task.claimedBy} is at it.` : null}
        onClick={() => setOpen(true)}
      >
        Complete receiving
      </Button>
      {isOpen && <CompleteTaskDialog task={task} onClose={() => setOpen(false)} />}
    </div>
  );
}
