import type { HealthView } from '../../../../shared/domain/health/health.api.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Section } from '../../ui/page.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';
import { inUnit, splitSensors, type Sensor } from './sensors.ts';

/** How a server does, as its management controller says: in figures, and sensor by sensor, what is not well first. */
export function AssetHealth({ health }: { health: HealthView | null }) {
  if (health === null)
    return (
      <Section title="Health">
        <p className="soft">Its management controller has not been looked at yet.</p>
      </Section>
    );
  return (
    <Section
      title="Health"
      flush
      aside={
        health.unreachableSince ? <StateBadge state="silent" /> : health.health && <StateBadge state={health.health} />
      }
    >
      <div className="padded">
        <Figures of={health} />
      </div>
      <Sensors of={health} />
    </Section>
  );
}

const Figures = ({
  of: { health, healthSince, unreachableSince, unreachable, at, lookedAt, powerWatts, inletCelsius, power, cpuPercent },
}: {
  of: HealthView;
}) => (
  <KeyValues
    of={{
      Silent: unreachableSince && (
        <>
          <span className="overdue">
            since <When at={unreachableSince} />
          </span>
          <span className="soft block">{unreachable}</span>
        </>
      ),
      State:
        health === null ? (
          <span className="soft">it has never answered</span>
        ) : (
          <>
            {words(health)}
            {healthSince && (
              <>
                {' '}
                since <When at={healthSince} />
              </>
            )}
          </>
        ),
      Host: power && `power ${power}`,
      'Power draw': powerWatts !== null && inUnit(powerWatts, 'W'),
      'Inlet temperature': inletCelsius !== null && inUnit(inletCelsius, '°C'),
      Processors: cpuPercent !== null && `${inUnit(cpuPercent, '%')} busy`,
      'Last reading': (
        <>
          <When at={lookedAt} />
          {unreachableSince && at && (
            <span className="soft block">
              answered last <When at={at} />
            </span>
          )}
        </>
      ),
    }}
  />
);

const columns: readonly Column<Sensor>[] = [
  { name: 'Sensor', show: ({ name }) => <strong>{name}</strong> },
  { name: 'Kind', show: ({ kind }) => words(kind) },
  { name: 'Reading', isNumber: true, show: ({ reading, unit }) => reading !== undefined && inUnit(reading, unit) },
  { name: 'State', show: ({ health }) => health && <StateBadge state={health} /> },
];
const List = ({ label, sensors }: { label: string; sensors: readonly Sensor[] }) => (
  <Table label={label} columns={columns} rows={sensors} rowKey={({ kind, name }) => `${kind} ${name}`} />
);

function Sensors({ of: { sensors, sensorsAt } }: { of: HealthView }) {
  if (sensorsAt === null || sensors.length === 0)
    return (
      <p className="padded soft">
        {sensorsAt === null ? 'Its sensors have not been read yet.' : 'It shows no sensors.'}
      </p>
    );
  const { unwell, others } = splitSensors(sensors);
  return (
    <>
      {unwell.length > 0 && <List label="Sensors that are not well" sensors={unwell} />}
      {others.length > 0 && (
        <details className="settled">
          <summary>
            {unwell.length === 0
              ? `${count(others.length, 'sensor')}, none complains`
              : `${count(others.length, 'other sensor')}`}
            , read <When at={sensorsAt} />
          </summary>
          <List label="Sensors" sensors={others} />
        </details>
      )}
    </>
  );
}
