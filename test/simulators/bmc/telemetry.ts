import { measuredOn, type Measured } from './measured.ts';
import type { Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource } from './resource.ts';
import type { BmcRecord } from './state.ts';
import type { Resource } from './tree.ts';

const status = (isBad: boolean) => (isBad ? { State: 'Enabled', Health: 'Critical' } : healthy);

/** What is measured, in the older resources, the newer ones or both. */
export function telemetryOf(profile: Profile, record: BmcRecord, chassis: string): Resource[] {
  const measured = measuredOn(record);
  return [
    ...(profile.telemetry === 'new'
      ? []
      : older(measured, chassis, record.hardware.quirks?.phantomSupplies ? [phantom] : [])),
    ...(profile.telemetry === 'old' ? [] : newer(measured, chassis)),
    ...sensors(profile, measured, chassis),
  ];
}

/** Which of a chassis' resources lead there. */
export const telemetryLinks = (profile: Profile, chassis: string): Resource => ({
  ...(profile.telemetry !== 'new' && { Power: link(`${chassis}/Power`), Thermal: link(`${chassis}/Thermal`) }),
  ...(profile.telemetry !== 'old' && {
    EnvironmentMetrics: link(`${chassis}/EnvironmentMetrics`),
    ThermalSubsystem: link(`${chassis}/ThermalSubsystem`),
    PowerSubsystem: link(`${chassis}/PowerSubsystem`),
  }),
  ...(profile.sensors && { Sensors: link(`${chassis}/Sensors`) }),
});

/** A supply that iLO 4 lists though there is none. */
const phantom: Resource = {
  Name: 'HpServerPowerSupply',
  FirmwareVersion: '0.00',
  LineInputVoltage: 0,
  PowerCapacityWatts: 0,
  Status: { State: 'Enabled', Health: 'Warning' },
};

function older(
  { watts, temperatures, fans, supplies, voltages }: Measured,
  chassis: string,
  more: Resource[],
): Resource[] {
  const member = (resourceName: string, list: string, index: number, name: string, rest: Resource): Resource => ({
    ...link(`${chassis}/${resourceName}#/${list}/${index}`),
    MemberId: String(index),
    Name: name,
    ...rest,
  });
  return [
    resource(`${chassis}/Power`, 'Power.v1_6_0.Power', {
      PowerControl: [
        member('Power', 'PowerControl', 0, 'System Power Control', {
          PowerConsumedWatts: watts,
          PowerCapacityWatts: 1600,
        }),
      ],
      PowerSupplies: supplies
        .map(({ name, inputWatts, volts, isDead }, index) =>
          member('Power', 'PowerSupplies', index, name, {
            PowerInputWatts: inputWatts,
            PowerOutputWatts: inputWatts * 0.92,
            LineInputVoltage: volts,
            PowerCapacityWatts: 1600,
            Status: status(isDead),
          }),
        )
        .concat(more),
      Voltages: voltages.map(({ name, volts, low, high }, index) =>
        member('Power', 'Voltages', index, name, {
          ReadingVolts: volts,
          LowerThresholdCritical: low,
          UpperThresholdCritical: high,
          PhysicalContext: 'VoltageRegulator',
          Status: healthy,
        }),
      ),
    }),
    resource(`${chassis}/Thermal`, 'Thermal.v1_6_0.Thermal', {
      Temperatures: temperatures.map(({ name, context, celsius, warns, critical }, index) =>
        member('Thermal', 'Temperatures', index, name, {
          PhysicalContext: context,
          ReadingCelsius: celsius,
          UpperThresholdNonCritical: warns,
          UpperThresholdCritical: critical,
          Status: status(celsius >= critical),
        }),
      ),
      Fans: fans.map(({ name, rpm, isDead }, index) =>
        member('Thermal', 'Fans', index, name, {
          Reading: rpm,
          ReadingUnits: 'RPM',
          LowerThresholdCritical: 480,
          PhysicalContext: 'SystemBoard',
          Status: status(isDead),
        }),
      ),
    }),
  ];
}

function newer({ watts, inletCelsius, temperatures, fans, supplies }: Measured, chassis: string): Resource[] {
  const [power, thermal] = [`${chassis}/PowerSubsystem`, `${chassis}/ThermalSubsystem`];
  return [
    resource(`${chassis}/EnvironmentMetrics`, 'EnvironmentMetrics.v1_3_0.EnvironmentMetrics', {
      PowerWatts: { Reading: watts },
      FanSpeedsPercent: fans.map(({ name, rpm }) => ({
        DeviceName: name,
        Reading: Math.round(rpm / 180),
        SpeedRPM: rpm,
      })),
    }),
    resource(power, 'PowerSubsystem.v1_1_0.PowerSubsystem', {
      CapacityWatts: 3200,
      PowerSupplies: link(`${power}/PowerSupplies`),
    }),
    ...collection(
      `${power}/PowerSupplies`,
      'PowerSupply',
      supplies.map(({ name, isDead }, index) =>
        resource(`${power}/PowerSupplies/${index}`, 'PowerSupply.v1_5_0.PowerSupply', {
          Name: name,
          PowerCapacityWatts: 1600,
          Status: status(isDead),
          Metrics: link(`${power}/PowerSupplies/${index}/Metrics`),
        }),
      ),
    ),
    ...supplies.map(({ inputWatts, volts }, index) =>
      resource(`${power}/PowerSupplies/${index}/Metrics`, 'PowerSupplyMetrics.v1_1_0.PowerSupplyMetrics', {
        InputPowerWatts: { Reading: inputWatts },
        OutputPowerWatts: { Reading: inputWatts * 0.92 },
        InputVoltage: { Reading: volts },
      }),
    ),
    resource(thermal, 'ThermalSubsystem.v1_0_0.ThermalSubsystem', {
      Fans: link(`${thermal}/Fans`),
      ThermalMetrics: link(`${thermal}/ThermalMetrics`),
    }),
    ...collection(
      `${thermal}/Fans`,
      'Fan',
      fans.map(({ name, rpm, isDead }, index) =>
        resource(`${thermal}/Fans/${index}`, 'Fan.v1_3_0.Fan', {
          Name: name,
          PhysicalContext: 'SystemBoard',
          SpeedPercent: { Reading: Math.round(rpm / 180), SpeedRPM: rpm },
          Status: status(isDead),
        }),
      ),
    ),
    resource(`${thermal}/ThermalMetrics`, 'ThermalMetrics.v1_0_0.ThermalMetrics', {
      TemperatureSummaryCelsius: { Intake: { Reading: inletCelsius } },
      TemperatureReadingsCelsius: temperatures.map(({ name, context, celsius }) => ({
        DeviceName: name,
        PhysicalContext: context,
        Reading: celsius,
      })),
    }),
  ];
}

/** One resource for each thing measured; on a Dell also how busy the host is. */
function sensors(profile: Profile, { temperatures, voltages, cpuPercent }: Measured, chassis: string): Resource[] {
  if (!profile.sensors) return [];
  const one = (id: string, name: string, rest: Resource) =>
    resource(`${chassis}/Sensors/${id}`, 'Sensor.v1_7_0.Sensor', { Name: name, Status: healthy, ...rest });
  return collection(`${chassis}/Sensors`, 'Sensor', [
    ...temperatures.map(({ name, context, celsius, warns, critical }) =>
      one(name.replaceAll(' ', ''), name, {
        Reading: celsius,
        ReadingType: 'Temperature',
        ReadingUnits: 'Cel',
        PhysicalContext: context,
        Thresholds: { UpperCaution: { Reading: warns }, UpperCritical: { Reading: critical } },
      }),
    ),
    ...voltages.map(({ name, volts, low, high }) =>
      one(name.replaceAll(' ', ''), name, {
        Reading: volts,
        ReadingType: 'Voltage',
        ReadingUnits: 'V',
        Thresholds: { LowerCritical: { Reading: low }, UpperCritical: { Reading: high } },
      }),
    ),
    ...(profile.sensors === 'with-cpu'
      ? [
          one('SystemBoardCPUUsage', 'System Board CPU Usage', {
            Reading: cpuPercent,
            ReadingType: 'Percent',
            ReadingUnits: '%',
            PhysicalContext: 'SystemBoard',
          }),
        ]
      : []),
  ]);
}
