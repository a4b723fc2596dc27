import { bootResource } from './boot.ts';
import { hpeUpdateState } from './firmware.ts';
import type { Machine } from './machine.ts';
import { healthOf } from './measured.ts';
import { link } from './resource.ts';
import { hasFault } from './state.ts';
import { member, normal, type Resource } from './tree.ts';

/** A resource of the tree with what has changed since it was built or recorded. */
export function live(machine: Machine, path: string, found: Resource): Resource {
  const { places, record } = machine;
  const at = normal(path);
  if (at === normal(places.system)) return system(machine, found);
  if (places.settings && at === normal(places.settings))
    return {
      ...found,
      Boot: {
        ...(found['Boot'] as Resource | undefined),
        ...(machine.quirks.bootOverrideInSettings && bootResource(machine)),
      },
    };
  if (places.chassis && at === normal(places.chassis)) return { ...found, PowerState: shownPower(machine) };
  if (places.updateService && at === normal(places.updateService) && machine.quirks.updateWithoutTask) {
    const oem = member(found['Oem'], 'Hpe') as Resource | undefined;
    return { ...found, Oem: { Hpe: { ...oem, ...hpeUpdateState(machine) } } };
  }
  const serial = found['SerialNumber'];
  const drive = typeof serial === 'string' && 'CapacityBytes' in found ? record.drives[serial.trim()] : undefined;
  if (!drive) return found;
  const task = record.tasks.find((each) => each.id === drive.task);
  const isFailing = record.ailments.some(
    (ailment) => ailment.kind === 'drive-failing' && ailment.drive === found['Name'],
  );
  return {
    ...found,
    ...(isFailing && { Status: { State: 'Enabled', Health: 'Critical' } }),
    Operations: task
      ? [
          {
            OperationName: 'Sanitize',
            PercentageComplete: task.percent,
            AssociatedTask: link(`${places.tasks}/${task.id}`),
          },
        ]
      : [],
    Links: { ...(found['Links'] as Resource | undefined), ...(!drive.holdsData && { Volumes: [] }) },
  };
}

const progress: Record<Machine['record']['host']['stage'], string> = {
  off: 'None',
  post: 'SystemHardwareInitializationComplete',
  'network-boot': 'OSBootStarted',
  validation: 'OSRunning',
  os: 'OSRunning',
  'no-boot-device': 'OEM',
};

function system(machine: Machine, found: Resource): Resource {
  const { host, hardware } = machine.record;
  return {
    ...found,
    // A recorded machine may be given another one's name; a built one is built with it.
    ...(typeof hardware.profile !== 'string' && hardware.profile.isRenamed && identity(machine, found)),
    ...(machine.profile && {
      Status: { State: 'Enabled', Health: healthOf(machine.record), HealthRollup: healthOf(machine.record) },
    }),
    PowerState: shownPower(machine),
    BootProgress: { LastState: progress[host.stage] },
    ...(host.lastResetAt > 0 && { LastResetTime: new Date(host.lastResetAt).toISOString() }),
    Boot: { ...(found['Boot'] as Resource | undefined), ...bootResource(machine) },
  };
}

const shownPower = ({ record }: Machine) => hasFault(record, 'power-state-lies')?.state ?? record.host.power;

function identity({ quirks, record }: Machine, found: Resource): Resource {
  const { serial, uuid } = record.hardware;
  return quirks.serviceTagInSku
    ? { SKU: serial, UUID: uuid || found['UUID'] }
    : { SerialNumber: serial, UUID: uuid || found['UUID'] };
}
