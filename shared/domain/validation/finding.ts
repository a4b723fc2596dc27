import { z } from 'zod';

/**
 * How much a difference matters. `major`: the server goes no further until it is put right or waived. `minor`: noted,
 * and put right along with the next major one. `info`: noted, and needs nobody.
 */
export const Severity = z.enum(['info', 'minor', 'major']);
export type Severity = z.infer<typeof Severity>;

/** What became of a finding that somebody was sent to put right. */
export const RepairOutcome = z.enum(['fixed', 'not-fixed', 'nothing-wrong']);

export const FindingKind = z.enum([
  'identity',
  'processor',
  'memory',
  'drive',
  'network-port',
  'cable',
  'optic',
  'firmware',
  /** A planned link does not carry traffic as it should. */
  'link',
  /** The machine and its type in the inventory do not fit together. */
  'model',
  /** What was ordered and what the ship notice promised differ, or cannot be understood. */
  'order',
  /** Something that was to be compared could not be measured. */
  'measurement',
  /**
   * Its datacenter saw it where or as it should not be. No comparison finds it or ends it: it stands until somebody has
   * looked.
   */
  'anomaly',
  /** A drive that could not be shown to be erased. An erasure finds it and ends it. */
  'erase',
]);
export type FindingKind = z.infer<typeof FindingKind>;

/** Who said what: the words that were compared, and where they stood. */
export const Evidence = z.object({
  source: z.enum([
    'order',
    'ship-notice',
    'dcim',
    'device-type',
    'validation-image',
    'bmc',
    'lldp',
    'edge-agent',
    'erase-report',
  ]),
  said: z.string(),
  /** The tool, resource or field: `dmidecode`, `ethtool ens1f0`, `Redfish Memory`. */
  where: z.string().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** One difference between what a server should be and what it is. */
export const Difference = z.object({
  kind: FindingKind,
  severity: Severity,
  /** The part or port, as one finds it on the machine. */
  place: z.string(),
  expected: z.string(),
  found: z.string(),
  evidence: z.array(Evidence),
  /** What usually makes the two differ so, and what puts it right: for the one who looks. */
  hint: z.string(),
});
export type Difference = z.infer<typeof Difference>;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
