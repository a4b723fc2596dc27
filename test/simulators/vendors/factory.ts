// What a server vendor knows of its goods: which model fits a wish, what it costs, and the machine that leaves the
// factory.
import type { ManifestItem, ServerConfig } from '../../../shared/facts/server.ts';

export type VendorName = 'hpe' | 'dell';
export type Machine = ManifestItem & { poNumber: string };

const catalogue = {
  hpe: {
    manufacturer: 'HPE',
    small: 'ProLiant DL360 Gen11',
    large: 'ProLiant DL380 Gen11',
    bmcPrefix: '5c:ed:8c',
    nicPrefix: '94:40:c9',
    percent: 100,
  },
  dell: {
    manufacturer: 'Dell Inc.',
    small: 'PowerEdge R660',
    large: 'PowerEdge R760',
    bmcPrefix: 'd0:8e:79',
    nicPrefix: '04:3f:72',
    percent: 97,
  },
} as const satisfies Record<VendorName, unknown>;

/** Leading `2x ` of a wish; one where nothing is said. */
const countOf = (text: string): number => Number(/^\s*(\d+)\s*x/i.exec(text)?.[1] ?? 1);
const numberBefore = (unit: RegExp, text: string): number | undefined => {
  const found = new RegExp(`([\\d.]+)\\s*${unit.source}`, 'i').exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};
/** The first row whose word the text holds. */
const pick = (table: readonly (readonly [RegExp, number])[], text: string): number | undefined =>
  table.find(([word]) => word.test(text))?.[1];

const processorPrices = [
  [/platinum/i, 6200_00],
  [/epyc/i, 3900_00],
  [/gold/i, 2900_00],
  [/silver/i, 1150_00],
  [/xeon/i, 800_00],
] as const;
const storagePricesPerTerabyte = [
  [/nvme/i, 165_00],
  [/ssd/i, 120_00],
  [/hdd|sas|sata/i, 26_00],
] as const;
const portPrices = [
  [/400\s*gb/i, 2400_00],
  [/200\s*gb/i, 1300_00],
  [/100\s*gb/i, 640_00],
  [/25\s*gb/i, 210_00],
  [/10\s*gb/i, 120_00],
  [/1\s*gb/i, 25_00],
] as const;

/** One machine's price in minor units of USD, or why the vendor cannot build it. */
export function priceOf(vendor: VendorName, config: ServerConfig): { minor: number } | { reason: string } {
  const processor = pick(processorPrices, config.cpu);
  const gigabytes = numberBefore(/gb/, config.ram) ?? (numberBefore(/tb/, config.ram) ?? 0) * 1024;
  const terabytes = numberBefore(/tb/, config.storage) ?? (numberBefore(/gb/, config.storage) ?? 0) / 1024;
  const perTerabyte = pick(storagePricesPerTerabyte, config.storage);
  const port = pick(portPrices, config.network);
  if (processor === undefined) return { reason: `no such processor is offered: ${config.cpu}` };
  if (!gigabytes) return { reason: `memory not understood: ${config.ram}` };
  if (!terabytes || perTerabyte === undefined) return { reason: `storage not understood: ${config.storage}` };
  if (port === undefined) return { reason: `network not understood: ${config.network}` };
  const parts =
    2100_00 +
    countOf(config.cpu) * processor +
    gigabytes * 4_40 +
    countOf(config.storage) * terabytes * perTerabyte +
    countOf(config.network) * port;
  return { minor: Math.round((parts * catalogue[vendor].percent) / 100) };
}

export const modelFor = (vendor: VendorName, config: ServerConfig): string =>
  countOf(config.storage) >= 4 ? catalogue[vendor].large : catalogue[vendor].small;

/** The `number`th machine this vendor ever built: the same number is always the same machine. */
export function buildMachine(vendor: VendorName, number: number, poNumber: string, config: ServerConfig): Machine {
  const { manufacturer, bmcPrefix, nicPrefix } = catalogue[vendor];
  const macs = Array.from({ length: Math.max(1, countOf(config.network)) }, (_, port) =>
    macOf(nicPrefix, number * 16 + port),
  );
  return {
    manufacturer,
    model: modelFor(vendor, config),
    serial: serialOf(vendor, number),
    bmcMac: macOf(bmcPrefix, number * 16),
    macs,
    config,
    poNumber,
  };
}

// Multiplied by a prime, so that neighbours do not look alike and no two are the same.
const scrambled = (number: number, digits: number): string =>
  ((number * 7919 + 1_048_573) % 36 ** digits).toString(36).toUpperCase().padStart(digits, '0');
const serialOf = (vendor: VendorName, number: number): string =>
  vendor === 'hpe' ? `CZ26${scrambled(number, 6)}` : `${scrambled(number, 6)}4`;
const macOf = (prefix: string, number: number): string =>
  `${prefix}:${number.toString(16).padStart(6, '0').match(/../g)?.join(':')}`;
