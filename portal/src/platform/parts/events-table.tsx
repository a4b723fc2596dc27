import type { CloudEvent } from '../../../../shared/events/cloud-event.ts';
import { aboutOf } from '../../api/paths.ts';
import { Table } from '../../ui/table.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { When } from '../../ui/when.tsx';

const topicOf = (type: string): string => type.replace('com.rackline.', '');

export function EventsTable({ label, events }: { label: string; events: readonly CloudEvent[] }) {
  return (
    <Table
      label={label}
      rows={events}
      rowKey={({ id }) => id}
      columns={[
        { name: 'Number', isNumber: true, show: ({ sequence }) => sequence && Number(sequence) },
        { name: 'Event', show: ({ type }) => <code>{topicOf(type)}</code> },
        { name: 'About', show: (event) => <ThingLink of={aboutOf(event)} other={event.subject} /> },
        { name: 'When', show: ({ time }) => <When at={time} /> },
        { name: 'Data', show: ({ data }) => <EventData data={data} /> },
      ]}
    />
  );
}

const EventData = ({ data }: { data: CloudEvent['data'] }) => (
  <details className="event-data">
    <summary>{summaryOf(data)}</summary>
    <pre tabIndex={0}>{JSON.stringify(data, null, 2)}</pre>
  </details>
);

/** The few words of an event's data that say most. */
function summaryOf(data: CloudEvent['data']): string {
  const telling = ['cause', 'summary', 'title', 'reason', 'vendor', 'decision', 'carrier', 'state']
    .map((name) => data[name])
    .find((value) => typeof value === 'string');
  return typeof telling === 'string' ? telling : `${Object.keys(data).length} fields`;
}
