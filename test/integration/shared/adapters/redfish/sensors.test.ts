import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SensorKind, Sensors } from '../../../../../shared/facts/telemetry.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { bmcOperations } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName, ServerHardware } from '../../../../simulators/bmc/hardware.ts';
import { profiles } from '../../../../simulators/bmc/profiles/index.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand({ redfish: { lingerMilliseconds: 3_600_000 } });
});
afterAll(() => stand.close());

let made = 0;
/** A machine of this make whose operating system runs. */
async function aRunning(
  profile: ProfileName,
  different: Partial<ServerHardware> = {},
): Promise<BmcTarget & { serial: string }> {
  const server = aServer(profile, { serial: `SENSE${++made}`, ...different });
  const bmc = { ...(await stand.plugIn(server)), serial: server.serial };
  stand.fleet.installSystem(server.serial);
  await stand.redfish.setPower(bmc, { action: 'on' });
  await stand.time.pass(takes.powerOn + takes.post);
  return bmc;
}
const all = Object.keys(profiles) as ProfileName[];
const named = ({ readings }: Sensors, kind: SensorKind) =>
  readings.filter((each) => each.kind === kind).map(({ name }) => name);
const find = ({ readings }: Sensors, name: string) => readings.find((each) => each.name === name);

describe.each(all)('the sensors of a %s', (profile) => {
  let bmc: BmcTarget & { serial: string };
  let sensors: Sensors;
  beforeAll(async () => {
    bmc = await aRunning(profile);
    sensors = await stand.redfish.readSensors(bmc);
  });

  it('tell what the machine draws, in all and by supply, how warm and how fast it runs', () => {
    expect(bmcOperations.readSensors.output.parse(sensors)).toEqual(sensors);
    expect(sensors).toMatchObject({ power: 'on', health: 'ok', powerWatts: 412, inletCelsius: 23, unread: 0 });
    expect(sensors.readings.filter(({ kind }) => kind === 'power').map(({ reading, unit }) => [reading, unit])).toEqual(
      [
        [206, 'W'],
        [206, 'W'],
      ],
    );
    expect(named(sensors, 'voltage').length).toBeGreaterThanOrEqual(2);
  });

  it('count once, however many resources tell of them', () => {
    expect([named(sensors, 'fan').length, named(sensors, 'temperature').length]).toEqual([6, 4]);
    const names = sensors.readings.map(({ kind, name }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('say how busy the host is, or leave it out', () => {
    expect(sensors.cpuPercent).toBe(['dell-idrac9', 'dell-idrac10', 'hpe-ilo6'].includes(profile) ? 37 : undefined);
  });

  it("show what fails, and the machine's health with it", async () => {
    stand.fleet.ail(bmc.serial, { kind: 'fan-stopped', fan: 3 });
    stand.fleet.ail(bmc.serial, { kind: 'supply-without-input', supply: 2 });
    const failing = await stand.redfish.readSensors(bmc);
    stand.fleet.cure(bmc.serial);
    expect(failing.health).toBe('critical');
    expect(find(failing, 'Fan 3')).toMatchObject({ reading: 0, unit: 'RPM' });
    expect(failing.readings.find(({ kind, name }) => kind === 'power' && name === 'PSU 2')).toMatchObject({
      reading: 0,
      health: 'critical',
    });
    expect(failing.powerWatts).toBe(412);
  });
});

describe('sensors', () => {
  it('have the limits at which the BMC itself complains', async () => {
    const sensors = await stand.redfish.readSensors(await aRunning('dell-idrac9'));
    expect(find(sensors, 'System Board Inlet Temp')).toEqual({
      kind: 'temperature',
      name: 'System Board Inlet Temp',
      reading: 23,
      unit: '°C',
      health: 'ok',
      thresholds: { upperWarning: 42, upperCritical: 47 },
    });
    expect(find(sensors, 'Fan 1')).toMatchObject({ thresholds: { lowerCritical: 480 } });
    expect(find(sensors, 'CMOS Battery')).toMatchObject({
      kind: 'voltage',
      reading: 3.08,
      unit: 'V',
      thresholds: { lowerCritical: 2.25, upperCritical: 3.6 },
    });
  });

  it('of a host that is off say nothing of how busy it is: that is not 0', async () => {
    for (const profile of ['dell-idrac9', 'hpe-ilo6'] as const) {
      const server = aServer(profile, { serial: `SENSE${++made}` });
      const sensors = await stand.redfish.readSensors(await stand.plugIn(server));
      expect([sensors.power, 'cpuPercent' in sensors, sensors.powerWatts]).toEqual(['off', false, 14]);
    }
  });

  it('that could not be understood are counted, and cost the others nothing', async () => {
    const bmc = await aRunning('supermicro');
    stand.lab.faults.set({
      system: 'bmc',
      path: `${bmc.serial}.*/Thermal$`,
      fault: { kind: 'status', status: 500, body: {} },
    });
    await expect(stand.redfish.readSensors(bmc)).rejects.toMatchObject({ failure: 'transient' });
    expect(await stand.redfish.readSensors(bmc)).toMatchObject({ unread: 0, inletCelsius: 23 });
  });

  it('are looked for anew now and then where there were none at first', async () => {
    const bmc = await aRunning('openbmc');
    stand.lab.faults.set({
      system: 'bmc',
      path: `${bmc.serial}.*/EnvironmentMetrics$`,
      fault: { kind: 'status', status: 404, body: {} },
    });
    const first = await stand.redfish.readSensors(bmc);
    expect([first.powerWatts, named(first, 'fan').length]).toEqual([412, 6]); // from the supplies' sum, and fan by fan
    const asked = () =>
      stand.requests.filter(({ path }) => path.startsWith(`/${bmc.serial}/`) && path.endsWith('/EnvironmentMetrics'))
        .length;
    const before = asked();
    for (let reading = 0; reading < 20; reading++) await stand.redfish.readSensors(bmc);
    expect(asked()).toBe(before);
    await stand.redfish.readSensors(bmc);
    expect(asked()).toBe(before + 1);
  });
});

/**
 * Requests of one look at a BMC within a kept session: its health and power; all its sensors; its log when nothing new
 * is in it.
 */
const cost: Record<ProfileName, { health: number; sensors: number; log: number }> = {
  'dell-idrac9': { health: 3, sensors: 4, log: 1 },
  'dell-idrac10': { health: 3, sensors: 4, log: 1 },
  'hpe-ilo6': { health: 3, sensors: 3, log: 2 },
  'lenovo-xcc': { health: 3, sensors: 3, log: 2 },
  supermicro: { health: 3, sensors: 3, log: 2 },
  'ami-megarac': { health: 3, sensors: 3, log: 2 },
  openbmc: { health: 3, sensors: 7, log: 1 },
};

describe('one look at a BMC', () => {
  it.each(all)('costs a %s as few requests as it allows', async (profile) => {
    const bmc = await aRunning(profile);
    const { cursor = '' } = await stand.redfish.readLog(bmc);
    await stand.redfish.readSensors(bmc);
    const requestsOf = async (look: () => Promise<unknown>) => {
      const before = stand.requests.length;
      await look();
      return stand.requests.length - before;
    };
    expect({
      health: await requestsOf(() => stand.redfish.readHealth(bmc)),
      sensors: await requestsOf(() => stand.redfish.readSensors(bmc)),
      log: await requestsOf(() => stand.redfish.readLog(bmc, { cursor })),
    }).toEqual(cost[profile]);
  });
});
