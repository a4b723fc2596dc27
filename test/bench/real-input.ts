// What we make of real machines: every recorded BMC tree (over HTTP, through the simulator and the adapter) and
// every recorded output of dmidecode, lshw and LLDP.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { explain } from '../../shared/errors/app-error.ts';
import type { ServerFacts } from '../../shared/facts.ts';
import { readDmidecode } from '../../shared/adapters/host-inventory/dmidecode.ts';
import { readLldp } from '../../shared/adapters/host-inventory/lldp.ts';
import { readLshw } from '../../shared/adapters/host-inventory/lshw.ts';
import { aRecordedServer, aStand } from '../simulators/bmc/stand.ts';
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
  /** Redfish: whether the host could be started, armed for one network boot, and booted from it. */
  isDriven?: boolean;
  problem?: string;
}

/** Folders that hold a whole recorded BMC: those with a service root. */
export const recordedBmcs = (folder = recordedData): string[] =>
  readdirSync(path.join(folder, 'redfish')).filter((name) => {
    const tree = path.join(folder, 'redfish', name);
    return statSync(tree).isDirectory() && ['index.json', 'redfish/v1/index.json', '_redfish_v1.json'].some((root) => existsSync(path.join(tree, root)));
  });

export async function understandBmcs(folder = recordedData): Promise<Understood[]> {
  const names = recordedBmcs(folder);
  const booted: string[] = [];
  const stand = await aStand({
    recordedTrees: Object.fromEntries(names.map((name) => [name, recordedTree(path.join(folder, 'redfish', name))])),
    onValidationBoot: ({ serial }) => void booted.push(serial),
  });
  const results: Understood[] = [];
  for (const sample of names) {
    try {
      const bmc = await stand.plugIn(aRecordedServer(sample));
      const facts = await stand.redfish.readFacts(bmc);
      await stand.redfish.readHealth(bmc);
      await stand.redfish.bootOnceFromNetwork(bmc);
      const isArmed = (await stand.redfish.readBootOverride(bmc)) === 'network';
      await stand.redfish.setPower(bmc, { action: 'on' });
      await stand.time.pass(takes.powerOn + takes.post + takes.networkBoot);
      const isUsedUp = (await stand.redfish.readBootOverride(bmc)) === 'none';
      await stand.redfish.setPower(bmc, { action: 'power-cycle' });
      const isBack = (await stand.redfish.readPower(bmc)) === 'on';
      results.push({ source: 'redfish', sample, facts, isDriven: isArmed && booted.includes(sample) && isUsedUp && isBack });
    } catch (error) {
      results.push({ source: 'redfish', sample, problem: explain(error) });
    }
  }
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

/** What each source could tell; the rest is not its business. */
const columns: { name: string; from: Understood['source'][]; of(facts: ServerFacts): string | undefined }[] = [
  { name: 'machine', from: ['redfish', 'dmidecode', 'lshw'], of: ({ identity }) => [identity.manufacturer, identity.model].filter(Boolean).join(' ') || undefined },
  { name: 'serial', from: ['redfish', 'dmidecode', 'lshw'], of: ({ identity }) => identity.serial },
  { name: 'CPUs', from: ['redfish', 'dmidecode', 'lshw'], of: ({ processors }) => processors && `${processors.length} x ${processors[0]?.cores ?? '?'} cores` },
  { name: 'memory', from: ['redfish', 'dmidecode', 'lshw'], of: ({ memory }) => memory && `${Math.round(memory.totalMiB / 1024)} GiB in ${memory.modules.length || '?'}` },
  { name: 'drives', from: ['redfish', 'lshw'], of: ({ drives }) => drives && String(drives.length) },
  { name: 'NICs', from: ['redfish', 'lshw'], of: ({ networkPorts }) => networkPorts && String(networkPorts.length) },
  { name: 'BIOS', from: ['redfish', 'dmidecode', 'lshw'], of: ({ firmware }) => firmware?.find((each) => each.component === 'bios')?.version },
  { name: 'firmware', from: ['redfish'], of: ({ firmware }) => firmware && String(firmware.length) },
  { name: 'neighbours', from: ['lldp'], of: ({ neighbours }) => neighbours?.map((each) => `${each.localPort}=${each.systemName ?? '?'}/${each.portDescription ?? each.portId ?? '?'}`).join(' ') },
];

/** One row per sample, one column per fact, and what was missing. */
export function table(results: readonly Understood[]): string {
  const rows = results.map(({ source, sample, facts, isDriven, problem }) => {
    const told = columns.map(({ from, of }) => (!from.includes(source) ? '' : (facts && of(facts)) ?? '-'));
    const missing = columns.filter(({ name }, index) => told[index] === '-' && name !== 'machine').map(({ name }) => name);
    return [source, sample, ...told, isDriven === undefined ? '' : isDriven ? 'yes' : 'NO', problem ?? (missing.length > 0 ? `no ${missing.join(', ')}` : '')];
  });
  const all = [['source', 'sample', ...columns.map(({ name }) => name), 'driven', 'missing'], ...rows];
  const widths = all[0]?.map((_, column) => Math.min(44, Math.max(...all.map((row) => row[column]?.length ?? 0)))) ?? [];
  return all.map((row) => row.map((cell, column) => cell.slice(0, 44).padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

export const realInputBenchmark: Benchmark = {
  name: 'real-input',
  about: 'how much of the recorded data of real machines we understand',
  run: async () => {
    if (!existsSync(recordedData)) return { figures: [], notes: [`Skipped: there is no recorded data at ${recordedData}.`] };
    const all = [...(await understandBmcs()), ...understandHosts()];
    const isLost = ({ problem, isDriven }: Understood) => problem !== undefined || isDriven === false;
    const counted = [...Map.groupBy(all, ({ source }) => source)].map(([source, of]): Figure => ({
      what: `${source} understood`, unit: 'samples', ours: sampleOf([of.filter((each) => !isLost(each)).length]), target: `all ${of.length}`,
    }));
    return { figures: counted, notes: [], details: table(all), problems: all.filter(isLost).map(({ source, sample, problem }) => `${source} ${sample}: ${problem ?? 'could not be driven'}`) };
  },
};
