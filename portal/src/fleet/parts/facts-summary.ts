import type { AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import type { ServerFacts } from '../../../../shared/facts/server.ts';
import { count } from '../../ui/words.ts';

export interface FactRow {
  what: string;
  ordered: string;
  /** What the machine's management controller says. */
  controller: string;
  /** What the validation image measured on the machine itself. */
  measured: string;
}

/** Ordered, reported and measured side by side. A dash where a source does not know. */
export const factRows = ({
  config,
  serial,
  facts,
  measured,
}: Pick<AssetDetail, 'config' | 'serial' | 'facts' | 'measured'>): FactRow[] => [
  {
    what: 'Serial number',
    ordered: serial ?? dash,
    controller: facts?.identity.serial ?? dash,
    measured: measured?.identity.serial ?? dash,
  },
  { what: 'Processors', ordered: config.cpu, controller: processors(facts), measured: processors(measured) },
  { what: 'Memory', ordered: config.ram, controller: memory(facts), measured: memory(measured) },
  { what: 'Drives', ordered: config.storage, controller: drives(facts), measured: drives(measured) },
  { what: 'Network', ordered: config.network, controller: ports(facts), measured: ports(measured) },
  { what: 'Firmware', ordered: dash, controller: firmware(facts), measured: firmware(measured) },
];

const dash = '–';
type Source = ServerFacts | null;
/** `2x A, 1x B` of what is alike. */
const grouped = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)].map(([name, each]) => `${each.length}x ${name}`).join(', ') || dash;

const processors = (facts: Source): string =>
  facts?.processors ? grouped(facts.processors.map(({ model }) => model ?? 'processor')) : dash;
const memory = (facts: Source): string =>
  facts?.memory
    ? `${Math.round(facts.memory.totalMiB / 1024)}GB in ${count(facts.memory.modules.length, 'module')}`
    : dash;
const drives = (facts: Source): string =>
  facts?.drives
    ? grouped(
        facts.drives.map(({ sizeBytes, media, model }) =>
          [
            sizeBytes === undefined ? undefined : capacity(sizeBytes),
            media?.toUpperCase().replace('NVME', 'NVMe') ?? model,
          ]
            .filter(Boolean)
            .join(' '),
        ),
      )
    : dash;
const ports = (facts: Source): string =>
  facts?.networkPorts
    ? grouped(
        facts.networkPorts.map(
          ({ speedMbps, isLinkUp }) =>
            `${speedMbps === undefined ? 'port' : `${speedMbps / 1000}GbE`}${isLinkUp === false ? ' (no link)' : ''}`,
        ),
      )
    : dash;
const firmware = (facts: Source): string =>
  facts?.firmware
    ?.filter(({ component }) => component === 'bios' || component === 'bmc')
    .map(({ name, version }) => `${name} ${version ?? '?'}`)
    .join(', ') || dash;

const capacity = (bytes: number): string =>
  bytes >= 1e12 ? `${Number((bytes / 1e12).toFixed(2))}TB` : `${Math.round(bytes / 1e9)}GB`;
