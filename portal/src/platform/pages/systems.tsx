import { useQuery } from '@tanstack/react-query';
import type { SystemView } from '../../../../shared/domain/systems/systems.api.ts';
import { systemsQuery } from '../../api/queries.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Page } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

/** The outside systems, those that are off first, and what is not done without them. */
export function SystemsPage() {
  const systems = useQuery(systemsQuery);
  return (
    <Page
      title="Systems"
      lead="The systems that Rackline works with. One without settings is off: what needs it waits, and says so."
    >
      <Answered query={systems}>
        {({ items }) => (
          <Table
            label="Systems"
            rows={items.toSorted((a, b) => Number(a.isOn) - Number(b.isOn))}
            rowKey={({ name }) => name}
            columns={[
              { name: 'System', show: ({ title }) => title },
              {
                name: 'State',
                show: ({ isOn }) => <StateBadge state={isOn ? 'on' : 'off'} tone={isOn ? 'good' : 'quiet'} />,
              },
              { name: 'For', show: (system) => <Capabilities system={system} /> },
              {
                name: 'Where',
                show: ({ address, settings }) => (address ? <code>{address}</code> : `Set ${settings.join(', ')}`),
              },
            ]}
          />
        )}
      </Answered>
    </Page>
  );
}

const Capabilities = ({ system: { isOn, capabilities } }: { system: SystemView }) => (
  <>
    {capabilities.map(({ name, without }) => (
      <p key={name}>
        {name}
        {isOn ? null : <span className="soft">. {without}</span>}
      </p>
    ))}
  </>
);
