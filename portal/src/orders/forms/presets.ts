import type { ServerConfig } from '../../../../shared/facts/server.ts';

export interface Preset {
  id: string;
  name: string;
  /** For whom it is. */
  use: string;
  config: ServerConfig;
}

/**
 * Configurations worth starting from; each part can be changed afterwards. The first is what a new line begins with.
 */
export const presets = [
  {
    id: 'balanced',
    name: 'Balanced',
    use: 'virtual machines, Kubernetes',
    config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' },
  },
  {
    id: 'compute',
    name: 'Compute',
    use: 'builds, simulation, rendering',
    config: { cpu: '2x AMD EPYC 9554', ram: '768GB DDR5', storage: '2x 1.92TB NVMe', network: '2x 100GbE' },
  },
  {
    id: 'database',
    name: 'Database',
    use: 'memory and fast drives',
    config: { cpu: '2x Intel Xeon Gold 6430', ram: '1024GB DDR5', storage: '8x 7.68TB NVMe', network: '2x 100GbE' },
  },
  {
    id: 'storage',
    name: 'Storage',
    use: 'objects, backup, archives',
    config: { cpu: '1x AMD EPYC 9354', ram: '256GB DDR5', storage: '12x 20TB HDD', network: '2x 25GbE' },
  },
  {
    id: 'edge',
    name: 'Small',
    use: 'web, gateways, jump hosts',
    config: { cpu: '1x Intel Xeon Silver 4410', ram: '128GB DDR5', storage: '2x 960GB SSD', network: '2x 25GbE' },
  },
] as const satisfies readonly Preset[];

export const partNames = {
  cpu: 'Processors',
  ram: 'Memory',
  storage: 'Drives',
  network: 'Network',
} as const satisfies Record<keyof ServerConfig, string>;
export const parts = ['cpu', 'ram', 'storage', 'network'] as const satisfies readonly (keyof ServerConfig)[];

/** What others ordered of one part, to choose from while typing. */
export const suggestions = (part: keyof ServerConfig): string[] => [
  ...new Set(presets.map(({ config }) => config[part])),
];

/** The preset with exactly this configuration. */
export const presetOf = (config: ServerConfig): Preset | undefined =>
  presets.find((preset) => parts.every((part) => preset.config[part] === config[part]));
