import { describe, expect, it } from '@jest/globals';
import {
  EnvironmentMetrics,
  Fan,
  Power,
  PowerSupply,
  PowerSupplyMetrics,
  Sensor,
  Thermal,
  ThermalMetrics,
} from '../../../../../shared/adapters/redfish/contract.ts';
import {
  hearEnvironment,
  hearFans,
  hearPower,
  hearSensors,
  hearSupplies,
  hearThermal,
  hearThermalMetrics,
} from '../../../../../shared/adapters/redfish/map-sensors.ts';

const power = (body: object, quirks = {}) => hearPower(Power.parse(body), quirks);
const enabled = { State: 'Enabled', Health: 'OK' };

describe('what a machine draws', () => {
  it.each([
    ["the chassis' own figure", { PowerControl: [{ PowerConsumedWatts: 344 }] }, 344],
    [
      "the one that says it is the chassis', among those of its parts",
      {
        PowerControl: [
          { PhysicalContext: 'CPU', PowerConsumedWatts: 99 },
          { PhysicalContext: 'Chassis', PowerConsumedWatts: 708 },
        ],
      },
      708,
    ],
    [
      'what Fujitsu calls so',
      {
        PowerControl: [{ PowerConsumedWatts: 0 }],
        Oem: { ts_fujitsu: { ChassisPowerConsumption: { CurrentPowerConsumptionW: 288 } } },
      },
      288,
    ],
    ['what Inspur calls so', { Oem: { Public: { TotalPower: 512 } } }, 512],
    [
      'the sum of what all supplies draw, where nothing else is told',
      { PowerSupplies: [{ PowerInputWatts: 120 }, { PowerInputWatts: 130 }] },
      250,
    ],
    ['the same where Huawei tells it elsewhere', { PowerSupplies: [{ Oem: { Huawei: { PowerInputWatts: 77 } } }] }, 77],
    [
      'nothing, where one supply does not tell: half is not the whole',
      { PowerSupplies: [{ PowerInputWatts: 120 }, { LastPowerOutputWatts: 110 }] },
      undefined,
    ],
    [
      'nothing, where the meter says 0: a machine that answers draws something',
      { PowerControl: [{ PowerConsumedWatts: 0 }] },
      undefined,
    ],
    ['nothing, where nothing is told', {}, undefined],
    ['what is written as text, or as a list of one', { PowerControl: [{ PowerConsumedWatts: ['412'] }] }, 412],
  ])('is %s', (_case, body, watts) => {
    expect(power(body).totalWatts).toBe(watts);
  });
});

describe('a sensor', () => {
  const temperature = (body: object) => hearThermal(Thermal.parse({ Temperatures: [{ Name: 'Inlet', ...body }] }));

  it('that is absent or switched off says nothing, whatever number stands there', () => {
    for (const State of ['Absent', 'Disabled'])
      expect(temperature({ ReadingCelsius: 0, Status: { State } }).readings).toEqual([]);
    expect(
      temperature({ PhysicalContext: 'Intake', ReadingCelsius: 0, Status: { State: 'Absent' } }).inletCelsius,
    ).toBeUndefined();
  });

  it('without a number says nothing, unless it fails', () => {
    expect(temperature({ ReadingCelsius: null, Status: enabled }).readings).toEqual([]);
    expect(temperature({ ReadingCelsius: null, Status: { State: 'Enabled', Health: 'Critical' } }).readings).toEqual([
      { kind: 'temperature', name: 'Inlet', unit: '°C', health: 'critical' },
    ]);
  });

  it('may say 0 and mean it', () => {
    expect(temperature({ ReadingCelsius: 0, Status: enabled }).readings).toMatchObject([{ reading: 0 }]);
  });

  it('whose number is none costs only itself', () => {
    expect(
      hearThermal(
        Thermal.parse({
          Temperatures: [{ Name: 'A', ReadingCelsius: {} }, { Name: 'B', ReadingCelsius: 20 }, 'C'],
          Fans: null,
        }),
      ),
    ).toMatchObject({ readings: [{ name: 'B' }], unread: 2 });
  });

  it('has no limit where "N/A" stands, nor an upper one of 0', () => {
    expect(
      temperature({
        ReadingCelsius: 20,
        UpperThresholdCritical: 'N/A',
        UpperThresholdNonCritical: 0,
        LowerThresholdCritical: 0,
        UpperThresholdFatal: 47,
      }).readings[0]?.thresholds,
    ).toEqual({ lowerCritical: 0, upperFatal: 47 });
  });

  it('is told from others of its name by a number', () => {
    expect(
      power({
        PowerSupplies: [
          { Name: 'HpeServerPowerSupply', LastPowerOutputWatts: 75 },
          { Name: 'HpeServerPowerSupply', LastPowerOutputWatts: 80 },
        ],
      }).readings.map(({ name, reading }) => [name, reading]),
    ).toEqual([
      ['HpeServerPowerSupply 1', 75],
      ['HpeServerPowerSupply 2', 80],
    ]);
  });
});

describe('a fan', () => {
  it.each([
    [{ Name: 'Fan 1', Reading: 26, ReadingUnits: 'Percent' }, '%', 26],
    [{ FanName: 'Fan 1', CurrentReading: 33, Units: 'Percent' }, '%', 33],
    [{ Name: 'Fan 1', Reading: 6431, ReadingUnits: 'RPM' }, 'RPM', 6431],
    [{ Name: 'Fan 1', Reading: 6431 }, 'RPM', 6431],
  ])('of the older kind: %j', (fan, unit, reading) => {
    expect(hearThermal(Thermal.parse({ Fans: [fan] })).readings).toEqual([
      { kind: 'fan', name: 'Fan 1', reading, unit },
    ]);
  });

  it('of the newer kind turns so often, or so fast in percent', () => {
    expect(
      hearFans([
        Fan.parse({ Name: 'A', SpeedPercent: { Reading: 45, SpeedRPM: 2200 } }),
        Fan.parse({ Id: 'B', SpeedPercent: { Reading: 23 } }),
        Fan.parse({ Name: 'C', Status: { State: 'Absent' } }),
      ]).readings,
    ).toEqual([
      { kind: 'fan', name: 'A', reading: 2200, unit: 'RPM' },
      { kind: 'fan', name: 'B', reading: 23, unit: '%' },
    ]);
  });

  it('may be told by the chassis, its revolutions as a percentage on a Lenovo', () => {
    expect(
      hearEnvironment(
        EnvironmentMetrics.parse({
          PowerWatts: { Reading: 700 },
          FanSpeedsPercent: [
            { Reading: 6431, DataSourceUri: '/redfish/v1/Chassis/1/Sensors/80L0' },
            { DeviceName: 'Fan 2', Reading: 45 },
          ],
        }),
      ),
    ).toEqual({
      totalWatts: 700,
      unread: 0,
      readings: [
        { kind: 'fan', name: '80L0', reading: 6431, unit: 'RPM' },
        { kind: 'fan', name: 'Fan 2', reading: 45, unit: '%' },
      ],
    });
  });
});

describe('the newer resources', () => {
  it('tell temperatures by where they come from', () => {
    expect(
      hearThermalMetrics(
        ThermalMetrics.parse({
          TemperatureReadingsCelsius: [
            { Reading: 25, DeviceName: 'Intake', DataSourceUri: '/redfish/v1/Chassis/1/Sensors/SystemBoardInletTemp' },
            { Reading: null, DeviceName: 'Exhaust' },
          ],
        }),
      ),
    ).toEqual({
      inletCelsius: 25,
      readings: [{ kind: 'temperature', name: 'SystemBoardInletTemp', reading: 25, unit: '°C' }],
      unread: 0,
    });
  });

  it('tell of supplies, and of none that is absent', () => {
    const metrics = PowerSupplyMetrics.parse({
      InputPowerWatts: { Reading: 303 },
      OutputPowerWatts: { Reading: 273 },
      InputVoltage: { Reading: 240 },
    });
    expect(
      hearSupplies([
        { supply: PowerSupply.parse({ Name: 'PS1', Status: enabled }), metrics },
        { supply: PowerSupply.parse({ Name: 'PS2', Status: { State: 'Absent' } }), metrics: undefined },
      ]),
    ).toEqual({
      totalWatts: 303,
      unread: 0,
      readings: [
        { kind: 'power', name: 'PS1', reading: 303, unit: 'W', health: 'ok' },
        { kind: 'voltage', name: 'PS1 input', reading: 240, unit: 'V' },
      ],
    });
  });

  it('of one sensor each: what it measures is told by its type or its unit, and switches are none', () => {
    const readings = hearSensors(
      [
        { Name: 'A', Reading: 22.5, ReadingUnits: 'Cel' },
        { Name: 'B', Reading: 12, ReadingType: 'Voltage', ReadingUnits: 'V' },
        { Name: 'C', Reading: 45, SpeedRPM: 1490, ReadingType: 'Percent' },
        { Name: 'PCIe 5 OverTemp', Reading: 0, ReadingType: 'Temperature', ReadingUnits: '' },
        { Name: 'D', Reading: 5, ReadingType: 'EnergykWh' },
        { Name: 'E', Reading: 37, ReadingType: 'Percent', ReadingUnits: '%' },
      ].map((each) => Sensor.parse(each)),
    ).readings;
    expect(readings.map(({ name, kind, reading, unit }) => [name, kind, reading, unit])).toEqual([
      ['A', 'temperature', 22.5, '°C'],
      ['B', 'voltage', 12, 'V'],
      ['C', 'fan', 1490, 'RPM'],
    ]);
  });
});
