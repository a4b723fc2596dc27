import { known } from '../../facts/said.ts';
import type { Health } from '../../facts/server.ts';
import type { Sensors } from '../../facts/telemetry.ts';
import * as contract from './contract.ts';
import { readSystem } from './facts.ts';
import {
  hearEnvironment,
  hearFans,
  hearPower,
  hearSensors,
  hearSupplies,
  hearThermal,
  hearThermalMetrics,
  type Heard,
} from './map-sensors.ts';
import { toHealth, toPower } from './map.ts';
import { oncePerSession, type Service } from './service.ts';

type Wanted = 'total' | 'power' | 'temperature' | 'fan' | 'voltage' | 'cpu';

/** A resource that knows some of it. */
interface Source {
  name: string;
  knows: readonly Wanted[];
  /** Undefined where this BMC has no such resource. */
  read(service: Service): Promise<Heard | undefined>;
}

/** A chassis says where its sensors are; that does not move while a session lasts. */
const chassisOf = oncePerSession(async (service) => service.find((await service.places()).chassis, contract.Chassis));
const thermalSubsystem = oncePerSession(async (service) =>
  service.find((await chassisOf(service))?.ThermalSubsystem, contract.ThermalSubsystem),
);
const supplyLinks = oncePerSession(async (service) =>
  service.links(
    (await service.find((await chassisOf(service))?.PowerSubsystem, contract.PowerSubsystem))?.PowerSupplies,
  ),
);
const sensorLinks = oncePerSession(async (service) => service.links((await chassisOf(service))?.Sensors));

/** The older resources: two requests for everything. */
const older: readonly Source[] = [
  {
    name: 'Power',
    knows: ['total', 'power', 'voltage'],
    read: async (service) => {
      const power = await service.find((await chassisOf(service))?.Power, contract.Power);
      return power && hearPower(power, (await service.places()).quirks);
    },
  },
  {
    name: 'Thermal',
    knows: ['temperature', 'fan'],
    read: async (service) => {
      const thermal = await service.find((await chassisOf(service))?.Thermal, contract.Thermal);
      return thermal && hearThermal(thermal);
    },
  },
];

/** The newer ones, and last a resource for each sensor. */
const newer: readonly Source[] = [
  {
    name: 'EnvironmentMetrics',
    knows: ['total', 'fan'],
    read: async (service) => {
      const metrics = await service.find((await chassisOf(service))?.EnvironmentMetrics, contract.EnvironmentMetrics);
      return metrics && hearEnvironment(metrics);
    },
  },
  {
    name: 'ThermalMetrics',
    knows: ['temperature'],
    read: async (service) => {
      const metrics = await service.find((await thermalSubsystem(service))?.ThermalMetrics, contract.ThermalMetrics);
      return metrics && hearThermalMetrics(metrics);
    },
  },
  {
    name: 'Fans',
    knows: ['fan'],
    read: async (service) => {
      const fans = await service.members((await thermalSubsystem(service))?.Fans, contract.Fan);
      return fans && hearFans(fans);
    },
  },
  {
    name: 'PowerSupplies',
    knows: ['total', 'power', 'voltage'],
    read: async (service) => {
      const links = await supplyLinks(service);
      const supplies = await Promise.all((links ?? []).map((each) => service.find(each, contract.PowerSupply)));
      return (
        links &&
        hearSupplies(
          await Promise.all(
            supplies
              .flatMap((supply) => (supply ? [supply] : []))
              .map(async (supply) => ({
                supply,
                metrics: await service.find(supply.Metrics, contract.PowerSupplyMetrics),
              })),
          ),
        )
      );
    },
  },
  {
    name: 'Sensors',
    knows: ['temperature', 'fan', 'voltage'],
    read: async (service) => {
      const sensors = await service.members((await chassisOf(service))?.Sensors, contract.Sensor);
      return sensors && hearSensors(sensors);
    },
  },
];

/**
 * Which resources had nothing of a kind, by the host's power, and how many readings go by before they are asked for it
 * again.
 */
const barren = oncePerSession(async () => new Map<string, number>());
const readingsUntilAskedAgain = 20;

/**
 * What the sensors say now. BMCs have the older resources, the newer ones or both, telling of the same sensors
 * under different names: each kind is taken from the first resource that has any of it, so none counts twice.
 */
export async function readSensors(
  service: Service,
  kinds: readonly Wanted[] = ['total', 'power', 'temperature', 'fan', 'voltage', 'cpu'],
): Promise<Sensors> {
  const system = await readSystem(service);
  const power = toPower(system.PowerState);
  const nothingThere = await barren(service);
  for (const [key, left] of nothingThere)
    if (left === 0) nothingThere.delete(key);
    else nothingThere.set(key, left - 1);
  const heard: Heard = { readings: [], unread: 0 };
  const missing = () =>
    kinds.filter((kind) =>
      kind === 'total' ? heard.totalWatts === undefined : !heard.readings.some((each) => each.kind === kind),
    );
  const isWorthAsking = (source: Source) =>
    source.knows.some((kind) => missing().includes(kind) && !nothingThere.has(`${source.name} ${kind} ${power}`));

  const take = (source: Source, said: Heard | undefined, wanted: readonly Wanted[]) => {
    heard.totalWatts ??= wanted.includes('total') ? said?.totalWatts : undefined;
    heard.inletCelsius ??= wanted.includes('temperature') ? said?.inletCelsius : undefined;
    heard.readings.push(...(said?.readings ?? []).filter(({ kind }) => wanted.includes(kind)));
    heard.unread += said?.unread ?? 0;
    for (const kind of source.knows)
      if (wanted.includes(kind) && missing().includes(kind))
        nothingThere.set(`${source.name} ${kind} ${power}`, readingsUntilAskedAgain);
  };
  const [cpuPercent, ...first] = await Promise.all([
    kinds.includes('cpu') ? cpuUsage(service, system) : undefined,
    ...older.map(async (source) => (isWorthAsking(source) ? source.read(service) : undefined)),
  ]);
  for (const [index, source] of older.entries()) take(source, first[index], missing());
  for (const source of newer) if (isWorthAsking(source)) take(source, await source.read(service), missing());

  return known<Sensors>({
    power,
    health: toHealth(system.Status),
    powerWatts: heard.totalWatts,
    inletCelsius: heard.inletCelsius,
    cpuPercent,
    readings: heard.readings,
    unread: heard.unread,
  });
}

/** Health, power draw in watts, air temperature at the inlet in °C. */
export async function readHealth(
  service: Service,
): Promise<{ health: Health; powerWatts?: number | undefined; inletCelsius?: number | undefined }> {
  const { health, powerWatts, inletCelsius } = await readSensors(service, ['total', 'temperature']);
  return known({ health, powerWatts, inletCelsius });
}

/** HPE says it on the system, Dell has a sensor for it; a host that is off is not idle. */
async function cpuUsage(service: Service, system: contract.ComputerSystem): Promise<number | undefined> {
  if (toPower(system.PowerState) !== 'on') return undefined;
  const onSystem = system.Oem?.Hpe?.SystemUsage?.CPUUtil;
  if (onSystem !== undefined) return onSystem;
  const link = (await sensorLinks(service))?.find((each) =>
    /cpu_?(usage|util)/i.test(each['@odata.id'].split('/').at(-1) ?? ''),
  );
  return (await service.find(link, contract.Sensor))?.Reading;
}
