import type { FirmwareComponent } from './server.ts';

/** Ordered: the first that fits decides. */
const components: readonly [RegExp, FirmwareComponent['component']][] = [
  // Tools and drivers name what they serve, and are not it.
  [/diagnos|driver|\bGPU\b|energy pack|service module/i, 'other'],
  [/bios\.setup|\bBIOS\b|system ?rom|\bUEFI\b/i, 'bios'],
  [/iDRAC\.Embedded|\biLO \d|\bBMC\b|SystemBMC|XClarity|Integrated Dell Remote Access/i, 'bmc'],
  [/\bPSU|power ?suppl/i, 'psu'],
  [/CPLD|programmable ?logic/i, 'cpld'],
  [/\bNIC\b|NIC\.|InfiniBand|ethernet|NetXtreme|network ?adapter|connectx|mellanox|broadcom|\bEth Adptr\b/i, 'nic'],
  [/\bDISK\b|Disk\.|\bSSD\b|\bHDD\b|NVMe|RAID|smart ?array|\b[SM]R\d{3}i|backplane|\bHBA\b/i, 'storage'],
];

/** Which component a vendor's words (id, name, description, software id together) speak of. */
export const componentOf = (words: string): FirmwareComponent['component'] =>
  components.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';

/**
 * The part of a vendor tool's version that is compared: `2.62` of `U54 v2.62 (08/14/2026)`, `1.68` of `1.68 Aug 20
 * 2026`.
 */
export const comparableVersion = (text: string | null | undefined): string | undefined =>
  text ? (/(?:^|\bv)(\d+(?:\.\d+)+)/i.exec(text.trim())?.[1] ?? text.trim()) : undefined;

/** Orders dotted numbers: below zero if `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0)) as [
    number[],
    number[],
  ];
  const position = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index).find(
    (index) => (left[index] ?? 0) !== (right[index] ?? 0),
  );
  return position === undefined ? 0 : (left[position] ?? 0) - (right[position] ?? 0);
}
