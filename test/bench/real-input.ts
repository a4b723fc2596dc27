// What we make of real machines: every recorded BMC tree (over HTTP, through the simulator and the adapter) and
// every recorded output of dmidecode, lshw and LLDP.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readDmidecode } from '../../shared/facts/host-inventory/dmidecode.ts';
import { readLldp } from '../../shared/facts/host-inventory/lldp.ts';
import { readLshw } from '../../shared/facts/host-inventory/lshw.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import type { LogReading, SensorKind, Sensors } from '../../shared/facts/telemetry.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { aRecordedServer, aStand, type Stand } from '../simulators/bmc/stand.ts';
import { takes } from '../simulators/bmc/timing.ts';
import { recordedTree } from '../simulators/bmc/tree.ts';
import type { Benchmark } from './kit/benchmark.ts';
import type { Figure } from './kit/report.ts';
import { sampleOf } from './kit/statistics.ts';

export const recordedData = path.resolve(import.meta.dirname, '../../../shared/contracts');

export interface Understood {
  source: 'redfish' | 'dmidecode' | 'lshw' | 'lldp';
  sample: string;
  facts?: ServerFacts;
  /** Redfish: what it says before any login, what its sensors measure, what its log tells. */
  probe?: { vendor?: string | undefined; product?: string | undefined; redfishVersion: string };
  sensors?: Sensors;
  log?: LogReading;
  /** Redfish: whether the host could be started, armed for one network boot, and booted from it. */
  isDriven?: boolean;
  problem?: string;
}

/** Folders that hold a whole recorded BMC: those with a service root. */
export const recordedBmcs = (folder = recordedData): string[] =>
  readdirSync(path.join(folder, 'redfish')).filter((name) => {
    const tree = path.join(folder, 'redfish', name);
    return (
      statSync(tree).isDirectory() &&
      ['index.json', 'redfish/v1/index.json', '_redfish_v1.json'].some((root) => existsSync(path.join(tree, root)))
    );
  });

/** A stand on which every recorded BMC answers with its own tree, and its host can be driven. */
export function aRecordedStand(folder = recordedData): Promise<Stand & { booted: ReadonlySet<string> }> {
  const booted = new Set<string>();
  const recordedTrees = Object.fromEntries(
    recordedBmcs(folder).map((name) => [name, recordedTree(path.join(folder, 'redfish', name))]),
  );
  return aStand({ recordedTrees, onValidationBoot: ({ serial }) => void booted.add(serial) }).then((stand) =>
    Object.assign(stand, { booted }),
  );
}

/**
 * Discovered, inventoried, its sensors and its log read; armed for one network boot, started into it, and power-cycled.
 */
export async function understandBmc(
  stand: Stand & { booted: ReadonlySet<string> },
  sample: string,
): Promise<Understood> {
  const { redfish, time } = stand;
  try {
    const bmc = await stand.plugIn(aRecordedServer(sample));
    const probe = await redfish.probe(bmc);
    const facts = await redfish.readFacts(bmc);
    await redfish.readHealth(bmc);
    await redfish.bootOnceFromNetwork(bmc);
    const isArmed = (await redfish.readBootOverride(bmc)) === 'network';
    await redfish.setPower(bmc, { action: 'on' });
    await time.pass(takes.powerOn + takes.post + takes.networkBoot);
    const isUsedUp = (await redfish.readBootOverride(bmc)) === 'none';
    const sensors = await redfish.readSensors(bmc);
    const log = await redfish.readLog(bmc);
    const again = await redfish.readLog(bmc, log.cursor === undefined ? {} : { cursor: log.cursor });
    if (again.entries.length > 0 || again.gap) throw new Error('the log is read twice');
    await redfish.setPower(bmc, { action: 'power-cycle' });
    const isBack = (await redfish.readPower(bmc)) === 'on';
    return {
      source: 'redfish',
      sample,
      probe,
      facts,
      sensors,
      log,
      isDriven: isArmed && stand.booted.has(sample) && isUsedUp && isBack,
    };
  } catch (error) {
    return { source: 'redfish', sample, problem: explain(error) };
  }
}

export async function understandBmcs(folder = recordedData): Promise<Understood[]> {
  const stand = await aRecordedStand(folder);
  const results: Understood[] = [];
  for (const sample of recordedBmcs(folder)) results.push(await understandBmc(stand, sample));
  await stand.close();
  return results;
}

export function understandHosts(folder = recordedData): Understood[] {
  const readers = { dmidecode: readDmidecode, lshw: readLshw, lldp: readLldp } as const;
  return (['dmidecode', 'lshw', 'lldp'] as const).flatMap((source) => {
    const home = path.join(folder, 'host-inventory', source);
    return readdirSync(home).map((sample): Understood => {
      try {
        return { source, sample, facts: readers[source](readFileSync(path.join(home, sample), 'utf8')) };
      } catch (error) {
        return { source, sample, problem: explain(error) };
      }
    });
  });
}

const count = (sensors: Sensors | undefined, ...kinds: SensorKind[]): string | undefined => {
  const found = sensors?.readings.filter(({ kind }) => kinds.includes(kind)).length ?? 0;
  return found > 0 ? String(found) : undefined;
};

/** What each source could tell; the rest is not its business. */
const columns: { name: string; from: Understood['source'][]; of(understood: Understood): string | undefined }[] = [
  {
    name: 'machine',
    from: ['redfish', 'dmidecode', 'lshw'],
    of: ({ facts }) => [facts?.identity.manufacturer, facts?.identity.model].filter(Boolean).join(' ') || undefined,
  },
  { name: 'serial', from: ['redfish', 'dmidecode', 'lshw'], of: ({ facts }) => facts?.identity.serial },
  {
    name: 'CPUs',
    from: ['redfish', 'dmidecode', 'lshw'],
    of: ({ facts }) => facts?.processors && `${facts.processors.length} x ${facts.processors[0]?.cores ?? '?'} cores`,
  },
  {
    name: 'memory',
    from: ['redfish', 'dmidecode', 'lshw'],
    of: ({ facts }) =>
      facts?.memory && `${Math.round(facts.memory.totalMiB / 1024)} GiB in ${facts.memory.modules.length || '?'}`,
  },
  { name: 'drives', from: ['redfish', 'lshw'], of: ({ facts }) => facts?.drives && String(facts.drives.length) },
  {
    name: 'NICs',
    from: ['redfish', 'lshw'],
    of: ({ facts }) => facts?.networkPorts && String(facts.networkPorts.length),
  },
  {
    name: 'BIOS',
    from: ['redfish', 'dmidecode', 'lshw'],
    of: ({ facts }) => facts?.firmware?.find((each) => each.component === 'bios')?.version,
  },
  { name: 'firmware', from: ['redfish'], of: ({ facts }) => facts?.firmware && String(facts.firmware.length) },
  { name: 'watts', from: ['redfish'], of: ({ sensors }) => sensors?.powerWatts?.toFixed() },
  { name: 'inlet', from: ['redfish'], of: ({ sensors }) => sensors?.inletCelsius?.toFixed() },
  { name: 'CPU %', from: ['redfish'], of: ({ sensors }) => sensors?.cpuPercent?.toFixed() },
  { name: 'supplies', from: ['redfish'], of: ({ sensors }) => count(sensors, 'power') },
  { name: 'temperatures', from: ['redfish'], of: ({ sensors }) => count(sensors, 'temperature') },
  { name: 'fans', from: ['redfish'], of: ({ sensors }) => count(sensors, 'fan') },
  { name: 'voltages', from: ['redfish'], of: ({ sensors }) => count(sensors, 'voltage') },
  {
    name: 'log',
    from: ['redfish'],
    of: ({ log }) => (log?.cursor === undefined ? undefined : String(log.entries.length)),
  },
  {
    name: 'neighbours',
    from: ['lldp'],
    of: ({ facts }) =>
      facts?.neighbours
        ?.map((each) => `${each.localPort}=${each.systemName ?? '?'}/${each.portDescription ?? each.portId ?? '?'}`)
        .join(' '),
  },
];

/** One row per sample, one column per fact, and what was missing. */
export function table(results: readonly Understood[]): string {
  const rows = results.map((each) => {
    const { source, sample, isDriven, problem } = each;
    const reported = columns.map(({ from, of }) => (!from.includes(source) ? '' : (of(each) ?? '-')));
    const missing = columns
      .filter(({ name }, index) => reported[index] === '-' && name !== 'machine')
      .map(({ name }) => name);
    return [
      source,
      sample,
      ...reported,
      isDriven === undefined ? '' : isDriven ? 'yes' : 'NO',
      problem ?? (missing.length > 0 ? `no ${missing.join(', ')}` : ''),
    ];
  });
  const all = [['source', 'sample', ...columns.map(({ name }) => name), 'driven', 'missing'], ...rows];
  const widths =
    all[0]?.map((_, column) => Math.min(44, Math.max(...all.map((row) => row[column]?.length ?? 0)))) ?? [];
  const isLast = (column: number) => column === widths.length - 1;
  return all
    .map((row) =>
      row
        .map((cell, column) => (isLast(column) ? cell : cell.slice(0, 44).padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const realInputBenchmark: Benchmark = {
  name: 'real-input',
  about: 'how much of the recorded data of real machines we understand',
  run: async () => {
    if (!existsSync(recordedData))
      return { figures: [], notes: [`Skipped: there is no recorded data at ${recordedData}.`] };
    const all = [...(await understandBmcs()), ...understandHosts()];
    const isLost = ({ problem, isDriven }: Understood) => problem !== undefined || isDriven === false;
    const counted = [...Map.groupBy(all, ({ source }) => source)].map(([source, of]): Figure => ({
      what: `${source} understood`,
      unit: 'samples',
      ours: sampleOf([of.filter((each) => !isLost(each)).length]),
      target: `all ${of.length}`,
    }));
    return {
      figures: counted,
      notes: [],
      details: table(all),
      problems: all
        .filter(isLost)
        .map(({ source, sample, problem }) => `${source} ${sample}: ${problem ?? 'could not be driven'}`),
    };
  },
};
