import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aRecordedStand, recordedBmcs, table, understandBmc, type Understood } from '../../../../bench/real-input.ts';
import { describeContract } from '../../../../kit/contracts.ts';

interface BoundedText {
  serial?: string;
  cores?: number;
  memoryGiB?: number;
  modules?: number;
  drives?: number;
  ports?: number;
  bios?: string;
  bmc?: string;
  watts?: number;
  inlet?: number;
  cpuPercent?: number;
  /** Power supplies, temperatures, fans, voltages. */
  sensors: [number, number, number, number];
  log: number;
}

/** What stands in the recordings, counted by hand. Missing: the machine does not say; the host of the X10 was off. */
const expected: Record<string, BoundedText> = {
  'dell-r750-idrac9': {
    serial: 'F54P1G3',
    cores: 36,
    memoryGiB: 512,
    modules: 16,
    drives: 3,
    ports: 5,
    bios: '1.8.2',
    bmc: '6.00.30.00',
    watts: 614,
    inlet: 25,
    cpuPercent: 0,
    sensors: [2, 5, 6, 10],
    log: 1,
  },
  'dmtf-public-rackmount1': {
    serial: '437XR1138R2',
    cores: 8,
    memoryGiB: 96,
    modules: 3,
    drives: 2,
    ports: 2,
    bios: 'P79 v1.45',
    bmc: '1.45.455b66-rev4',
    watts: 344,
    inlet: 25,
    sensors: [1, 2, 2, 3],
    log: 2,
  },
  'hpe-dl360gen10plus-ilo5': {
    serial: 'MXQ2390RHW',
    cores: 24,
    memoryGiB: 192,
    modules: 12,
    drives: 2,
    ports: 6,
    bios: '2.34',
    bmc: '3.11',
    watts: 150,
    inlet: 21,
    cpuPercent: 0,
    sensors: [2, 38, 7, 2],
    log: 50,
  },
  'hpe-dl380agen11-ilo6': {
    serial: '2M2D2J00L4',
    cores: 64,
    memoryGiB: 512,
    modules: 16,
    drives: 7,
    ports: 2,
    bios: '2.44',
    bmc: '1.66',
    watts: 565,
    inlet: 24,
    cpuPercent: 0,
    sensors: [4, 29, 6, 4],
    log: 50,
  },
  'lenovo-sr670v2-xcc': {
    serial: 'J105958B',
    cores: 64,
    memoryGiB: 1024,
    modules: 16,
    drives: 4,
    ports: 4,
    bios: '1.51',
    bmc: '2.83',
    watts: 708,
    inlet: 19,
    sensors: [4, 14, 10, 8],
    log: 5,
  },
  'openbmc-2.15': { bmc: '2.15.0-dev-686-g100c36de90', sensors: [0, 0, 0, 0], log: 0 },
  'supermicro-x10sdv-redfish1.0.1': {
    cores: 8,
    memoryGiB: 64,
    modules: 4,
    ports: 4,
    bios: '1.2',
    bmc: '4.0',
    sensors: [0, 0, 0, 0],
    log: 50,
  },
};

function reported({ facts, sensors, log }: Understood): BoundedText {
  const count = (kind: string) => sensors?.readings.filter((each) => each.kind === kind).length ?? 0;
  return {
    ...Object.fromEntries(
      Object.entries({
        serial: facts?.identity.serial,
        cores: facts?.processors?.reduce((sum, each) => sum + (each.cores ?? 0), 0),
        memoryGiB: facts?.memory && facts.memory.totalMiB / 1024,
        modules: facts?.memory?.modules.length,
        drives: facts?.drives?.length,
        ports: facts?.networkPorts?.length,
        bios: facts?.firmware?.find((each) => each.component === 'bios')?.version,
        bmc: facts?.firmware?.find((each) => each.component === 'bmc')?.version,
        watts: sensors?.powerWatts,
        inlet: sensors?.inletCelsius,
        cpuPercent: sensors?.cpuPercent,
      }).filter(([, value]) => value !== undefined),
    ),
    sensors: [count('power'), count('temperature'), count('fan'), count('voltage')],
    log: log?.entries.length ?? 0,
  };
}

describeContract('a recorded BMC', 'redfish', () => {
  let stand: Awaited<ReturnType<typeof aRecordedStand>>;
  const understood: Understood[] = [];
  beforeAll(async () => {
    stand = await aRecordedStand();
  });
  afterAll(async () => {
    await stand.close();
    process.stdout.write(`${table(understood)}\n`);
  });

  it.each(Object.keys(expected))(
    'is discovered, read and measured, its host started, network-booted once and power-cycled: %s',
    async (sample) => {
      const result = await understandBmc(stand, sample);
      understood.push(result);
      expect([result.problem, result.isDriven, result.sensors?.unread]).toEqual([undefined, true, 0]);
      expect(result.probe?.redfishVersion).toMatch(/^1\.\d+/);
      expect(reported(result)).toEqual(expected[sample]);
    },
  );

  it('is among these, or this table lacks one', () => {
    expect(recordedBmcs().toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('of Dell says what to do about an entry, out of its own registry', () => {
    const log = understood.find(({ sample }) => sample === 'dell-r750-idrac9')?.log;
    expect(log?.entries).toMatchObject([
      {
        code: 'SWC9005',
        severity: 'critical',
        action: expect.stringContaining('Make sure that the destination has enough free space'),
      },
    ]);
  });
});
