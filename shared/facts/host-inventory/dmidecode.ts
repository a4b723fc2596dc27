import { anyOf, count, known, said } from '../said.ts';
import { MacAddress, type ServerFacts } from '../server.ts';
import { unreadable } from './unreadable.ts';

/** One structure of the SMBIOS table (DMTF DSP0134), as dmidecode prints it. */
interface Structure {
  handle: string;
  type: number;
  title: string;
  fields: ReadonlyMap<string, string>;
}

const kind = { bios: 0, system: 1, processor: 4, memoryArray: 16, memoryDevice: 17 } as const;

/**
 * What `dmidecode` says of a server: identity, processors, memory, BIOS, and on HP also the MAC addresses.
 * Skips structures it does not know; throws only if there is not one structure in the text.
 */
export function readDmidecode(text: string): ServerFacts {
  const structures = structuresOf(text);
  if (structures.length === 0) throw unreadable('dmidecode', "there is no 'Handle 0x…, DMI type …' line in it", text);
  const all = (type: number) => structures.filter((each) => each.type === type);
  const modules = memoryModules(all(kind.memoryDevice), all(kind.memoryArray));
  return known<ServerFacts>({
    source: 'dmidecode',
    identity: identityOf(all(kind.system)[0]),
    processors: anyOf(all(kind.processor).filter(isPopulated).map(processorOf)),
    memory:
      modules.length > 0 ? { totalMiB: modules.reduce((sum, each) => sum + each.sizeMiB, 0), modules } : undefined,
    networkPorts: anyOf(hpNetworkPorts(structures)),
    firmware: anyOf(
      all(kind.bios).flatMap((bios) => {
        const version = biosVersion(bios);
        return version ? [{ component: 'bios' as const, name: 'BIOS', version }] : [];
      }),
    ),
  });
}

function structuresOf(text: string): Structure[] {
  const structures: (Structure & { fields: Map<string, string> })[] = [];
  for (const line of text.split(/\r?\n/)) {
    const head = /^Handle (0x[0-9A-F]+), DMI type (\d+)/i.exec(line);
    if (head) {
      structures.push({ handle: head[1]!, type: Number(head[2]), title: '', fields: new Map() });
      continue;
    }
    const current = structures.at(-1);
    const field = /^\t([^\t:][^:]*):\s?(.*)$/.exec(line);
    if (current && field) current.fields.set(field[1]!, field[2]!);
    else if (current && !current.title) current.title = line.trim();
  }
  return structures;
}

/**
 * HP writes the family (`U46`) where the version belongs, and the version below it: together they read as on its BMC.
 */
function biosVersion({ fields }: Structure): string | undefined {
  const version = said(fields.get('Version'));
  const revision = said(fields.get('BIOS Revision'));
  return version && revision && /^[A-Z]\d\d$/.test(version) ? `${version} v${revision}` : version;
}

const identityOf = (system: Structure | undefined): ServerFacts['identity'] =>
  known({
    manufacturer: said(system?.fields.get('Manufacturer')),
    model: said(system?.fields.get('Product Name')),
    serial: said(system?.fields.get('Serial Number')),
    // Dell writes `SKU=NotProvided;ModelName=…` where a SKU belongs.
    sku: said(system?.fields.get('SKU Number')?.replace(/^SKU=NotProvided.*/, '')),
    uuid: said(system?.fields.get('UUID'))?.toLowerCase(),
  });

const isPopulated = (processor: Structure) =>
  !/unpopulated/i.test(processor.fields.get('Status') ?? '') &&
  (processor.fields.get('Type') ?? 'Central Processor') === 'Central Processor';

const processorOf = ({ fields }: Structure) =>
  known({
    socket: said(fields.get('Socket Designation')) ?? 'CPU',
    model: said(fields.get('Version')),
    cores: count(fields.get('Core Count')),
    threads: count(fields.get('Thread Count')),
  });

function memoryModules(devices: Structure[], arrays: Structure[]) {
  const notMain = new Set(
    arrays
      .filter((array) => (array.fields.get('Use') ?? 'System Memory') !== 'System Memory')
      .map((array) => array.handle),
  );
  return devices.flatMap(({ fields }) => {
    const sizeMiB = mebibytes(fields.get('Size'));
    if (sizeMiB === undefined || notMain.has(fields.get('Array Handle') ?? '')) return [];
    return [
      known({
        slot: said(fields.get('Locator')) ?? said(fields.get('Bank Locator')) ?? 'DIMM',
        sizeMiB,
        manufacturer: said(fields.get('Manufacturer')),
        partNumber: said(fields.get('Part Number')),
        serial: said(fields.get('Serial Number')),
        // Older releases call it the clock speed and count MHz; the number is the transfer rate all the same.
        speedMtps:
          count(fields.get('Configured Memory Speed')) ??
          count(fields.get('Configured Clock Speed')) ??
          count(fields.get('Speed')),
      }),
    ];
  });
}

function mebibytes(size: string | undefined): number | undefined {
  const [, number, unit] = /^(\d+) (kB|MB|GB|TB)$/.exec(size?.trim() ?? '') ?? [];
  const perUnit = { kB: 1 / 1024, MB: 1, GB: 1024, TB: 1024 * 1024 }[unit ?? ''];
  const result = perUnit === undefined ? 0 : Math.floor(Number(number) * perUnit);
  // More than an exabyte is no module, and would make the sum no number.
  return result > 0 && result < 2 ** 40 ? result : undefined;
}

/** HP writes the addresses of its built-in ports into structures of its own (types 209, 221 and 233). */
function hpNetworkPorts(structures: Structure[]): NonNullable<ServerFacts['networkPorts']> {
  const ports = new Map<string, { name: string; mac: string }>();
  for (const { fields } of structures.filter((each) => each.title.startsWith('HP BIOS'))) {
    for (const [name, value] of fields) {
      const mac = MacAddress.safeParse(/MAC address (\S+)/.exec(value)?.[1]);
      if (mac.success) ports.set(mac.data, { name, mac: mac.data });
    }
  }
  return [...ports.values()];
}
