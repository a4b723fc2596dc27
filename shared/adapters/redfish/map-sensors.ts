import { known, said } from '../../facts/said.ts';
import type { SensorReading } from '../../facts/telemetry.ts';
import type {
  EnvironmentMetrics,
  Fan,
  OldThresholds,
  Power,
  PowerSupply,
  PowerSupplyMetrics,
  Sensor,
  Thermal,
  ThermalMetrics,
} from './contract.ts';
import { toHealth } from './map.ts';
import type { Quirks } from './quirks.ts';

type Status =
  | { State?: string | undefined; Health?: string | undefined; HealthRollup?: string | undefined }
  | undefined;

/** What one resource says: single sensors, and what it knows of the machine as a whole. */
export interface Heard {
  readings: SensorReading[];
  totalWatts?: number | undefined;
  inletCelsius?: number | undefined;
  unread: number;
}

/** A sensor that is not there, or has nothing to say, says nothing; one that fails is heard even without a number. */
function sensor(
  kind: SensorReading['kind'],
  unit: SensorReading['unit'],
  name: string | undefined,
  reading: number | undefined,
  status: Status,
  thresholds?: SensorReading['thresholds'],
): SensorReading[] {
  const health = status?.Health === undefined && status?.HealthRollup === undefined ? undefined : toHealth(status);
  const isGone = status?.State === 'Absent' || status?.State === 'Disabled';
  const isFailing = health === 'warning' || health === 'critical';
  if (isGone || (reading === undefined && !isFailing)) return [];
  return [known<SensorReading>({ kind, name: said(name) ?? kind, reading, unit, health, thresholds })];
}

/** HPE calls every supply the same. */
const numbered = (readings: SensorReading[]): SensorReading[] => {
  const seen = new Map<string, number>();
  const isRepeated = (each: SensorReading) =>
    readings.filter(({ kind, name }) => kind === each.kind && name === each.name).length > 1;
  return readings.map((each) => {
    if (!isRepeated(each)) return each;
    const number = (seen.get(each.kind + each.name) ?? 0) + 1;
    seen.set(each.kind + each.name, number);
    return { ...each, name: `${each.name} ${number}` };
  });
};

/** An upper limit of 0 is one that nobody has set. */
function toThresholds(limits: {
  [K in keyof NonNullable<SensorReading['thresholds']>]?: number | undefined;
}): SensorReading['thresholds'] {
  const set = Object.entries(limits).filter(
    ([name, value]) => value !== undefined && !(value === 0 && name.startsWith('upper')),
  );
  return set.length > 0 ? Object.fromEntries(set) : undefined;
}
const olderThresholds = (each: OldThresholds) =>
  toThresholds({
    lowerFatal: each.LowerThresholdFatal,
    lowerCritical: each.LowerThresholdCritical,
    lowerWarning: each.LowerThresholdNonCritical,
    upperWarning: each.UpperThresholdNonCritical,
    upperCritical: each.UpperThresholdCritical,
    upperFatal: each.UpperThresholdFatal,
  });
const newerThresholds = (limits: Sensor['Thresholds']) =>
  toThresholds({
    lowerFatal: limits?.LowerFatal?.Reading,
    lowerCritical: limits?.LowerCritical?.Reading,
    lowerWarning: limits?.LowerCaution?.Reading,
    upperWarning: limits?.UpperCaution?.Reading,
    upperCritical: limits?.UpperCritical?.Reading,
    upperFatal: limits?.UpperFatal?.Reading,
  });

const isInlet = (context: string | undefined, name: string | undefined) =>
  context === 'Intake' || /inlet|intake/i.test(name ?? '');

/**
 * The total is the chassis' own figure; where it has none, what Fujitsu or Inspur put elsewhere, or the sum of
 * what all supplies draw. A meter that does not work says 0 W: no machine that answers draws nothing.
 */
export function hearPower({ PowerControl, PowerSupplies, Voltages, Oem }: Power, quirks: Quirks): Heard {
  const supplies = PowerSupplies.read.filter(
    (each) => !(quirks.phantomSupplies && each.FirmwareVersion === '0.00') && each.Status?.State !== 'Absent',
  );
  const inputOf = (each: (typeof supplies)[number]) => each.PowerInputWatts ?? each.Oem?.Huawei?.PowerInputWatts;
  const inputs = supplies.map(inputOf);
  const sum = inputs.every((watts) => watts !== undefined)
    ? inputs.reduce<number>((all, watts) => all + (watts ?? 0), 0)
    : 0;
  const controls = PowerControl.read;
  const control = controls.find((each) => each.PhysicalContext === 'Chassis') ?? controls[0];
  return {
    totalWatts:
      Oem?.ts_fujitsu?.ChassisPowerConsumption?.CurrentPowerConsumptionW ||
      control?.PowerConsumedWatts ||
      Oem?.Public?.TotalPower ||
      sum ||
      undefined,
    readings: numbered([
      ...supplies.flatMap((each) =>
        sensor(
          'power',
          'W',
          each.Name,
          inputOf(each) ?? each.PowerOutputWatts ?? each.LastPowerOutputWatts,
          each.Status,
        ),
      ),
      ...supplies.flatMap((each) =>
        sensor('voltage', 'V', `${said(each.Name) ?? 'power supply'} input`, each.LineInputVoltage, {
          State: each.Status?.State,
        }),
      ),
      ...Voltages.read.flatMap((each) =>
        sensor('voltage', 'V', each.Name, each.ReadingVolts, each.Status, olderThresholds(each)),
      ),
    ]),
    unread: PowerControl.unread + PowerSupplies.unread + Voltages.unread,
  };
}

export function hearThermal({ Temperatures, Fans }: Thermal): Heard {
  const temperatures = Temperatures.read;
  const isPercent = (each: Thermal['Fans']['read'][number]) => /percent|%/i.test(each.ReadingUnits ?? each.Units ?? '');
  return {
    inletCelsius: temperatures.find(
      (each) => each.Status?.State !== 'Absent' && isInlet(each.PhysicalContext, each.Name),
    )?.ReadingCelsius,
    readings: numbered([
      ...temperatures.flatMap((each) =>
        sensor('temperature', '°C', each.Name, each.ReadingCelsius, each.Status, olderThresholds(each)),
      ),
      ...Fans.read.flatMap((each) =>
        sensor(
          'fan',
          isPercent(each) ? '%' : 'RPM',
          each.Name ?? each.FanName,
          each.Reading ?? each.CurrentReading,
          each.Status,
          olderThresholds(each),
        ),
      ),
    ]),
    unread: Temperatures.unread + Fans.unread,
  };
}

const lastOf = (path: string | undefined) => path?.split('/').at(-1);

/** The percentage of a fan may be its revolutions all the same. */
export function hearEnvironment({ PowerWatts, FanSpeedsPercent }: EnvironmentMetrics): Heard {
  return {
    totalWatts: PowerWatts?.Reading || undefined,
    readings: numbered(
      FanSpeedsPercent.read.flatMap(({ DeviceName, DataSourceUri, Reading, SpeedRPM }) => {
        const speed = SpeedRPM ?? Reading;
        return sensor(
          'fan',
          SpeedRPM !== undefined || (speed ?? 0) > 100 ? 'RPM' : '%',
          DeviceName ?? lastOf(DataSourceUri),
          speed,
          undefined,
        );
      }),
    ),
    unread: FanSpeedsPercent.unread,
  };
}

export function hearThermalMetrics({ TemperatureSummaryCelsius, TemperatureReadingsCelsius }: ThermalMetrics): Heard {
  const each = TemperatureReadingsCelsius.read;
  return {
    inletCelsius:
      TemperatureSummaryCelsius?.Intake?.Reading ??
      each.find(({ PhysicalContext, DeviceName }) => isInlet(PhysicalContext, DeviceName))?.Reading,
    // Dell names the place, not the sensor; where that comes from does.
    readings: numbered(
      each.flatMap(({ DeviceName, PhysicalContext, DataSourceUri, Reading }) =>
        sensor('temperature', '°C', lastOf(DataSourceUri) ?? DeviceName ?? PhysicalContext, Reading, undefined),
      ),
    ),
    unread: TemperatureReadingsCelsius.unread,
  };
}

export const hearFans = (fans: readonly Fan[]): Heard => ({
  readings: numbered(
    fans.flatMap(({ Id, Name, Status, SpeedPercent }) =>
      SpeedPercent?.SpeedRPM === undefined
        ? sensor('fan', '%', Name ?? Id, SpeedPercent?.Reading, Status)
        : sensor('fan', 'RPM', Name ?? Id, SpeedPercent.SpeedRPM, Status),
    ),
  ),
  unread: 0,
});

export function hearSupplies(
  supplies: readonly { supply: PowerSupply; metrics: PowerSupplyMetrics | undefined }[],
): Heard {
  const there = supplies.filter(({ supply }) => supply.Status?.State !== 'Absent');
  const inputs = there.map(({ metrics }) => metrics?.InputPowerWatts?.Reading);
  const sum = inputs.every((watts) => watts !== undefined)
    ? inputs.reduce<number>((all, watts) => all + (watts ?? 0), 0)
    : 0;
  return {
    totalWatts: sum || undefined,
    readings: numbered(
      there.flatMap(({ supply: { Id, Name, Status }, metrics }) => [
        ...sensor(
          'power',
          'W',
          Name ?? Id,
          metrics?.InputPowerWatts?.Reading ?? metrics?.OutputPowerWatts?.Reading,
          Status,
        ),
        ...sensor('voltage', 'V', `${said(Name) ?? Id ?? 'power supply'} input`, metrics?.InputVoltage?.Reading, {
          State: Status?.State,
        }),
      ]),
    ),
    unread: 0,
  };
}

const kinds = new Map<string | undefined, [SensorReading['kind'], SensorReading['unit']]>([
  ['Temperature', ['temperature', '°C']],
  ['Cel', ['temperature', '°C']],
  ['Voltage', ['voltage', 'V']],
  ['V', ['voltage', 'V']],
  ['Rotational', ['fan', 'RPM']],
  ['RPM', ['fan', 'RPM']],
  ['{rev}/min', ['fan', 'RPM']],
]);

/** Single sensors. What is neither temperature nor voltage nor fan is left out: currents, energies, counters. */
export function hearSensors(sensors: readonly Sensor[]): Heard {
  const readings = sensors.flatMap((each): SensorReading[] => {
    if (each.SpeedRPM !== undefined) return sensor('fan', 'RPM', each.Name ?? each.Id, each.SpeedRPM, each.Status);
    // Lenovo lists switches among them, of a type but without a unit.
    const found = each.ReadingUnits === '' ? undefined : (kinds.get(each.ReadingType) ?? kinds.get(each.ReadingUnits));
    return found
      ? sensor(found[0], found[1], each.Name ?? each.Id, each.Reading, each.Status, newerThresholds(each.Thresholds))
      : [];
  });
  return {
    readings: numbered(readings),
    inletCelsius: sensors.find(
      (each) =>
        each.Status?.State !== 'Absent' &&
        isInlet(each.PhysicalContext, each.Name) &&
        kinds.get(each.ReadingType ?? each.ReadingUnits)?.[0] === 'temperature',
    )?.Reading,
    unread: 0,
  };
}
