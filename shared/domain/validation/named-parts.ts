import type { ManifestItem } from '../../facts/server.ts';
import type { Expected, Seen } from './expected.ts';
import { listed, type Difference } from './finding.ts';

type NamedPart = NonNullable<ManifestItem['parts']>[number];

/**
 * Parts whose serial numbers the ship notice names: each has to be in the machine it was shipped in. One that is simply
 * missing, where too few of its kind were found already (`known`), is no second finding.
 */
export function partDifferences({ facts }: Seen, { manifest }: Expected, known: readonly Difference[]): Difference[] {
  const named = manifest?.parts ?? [];
  return (['memory', 'drive'] as const).flatMap((kind): Difference[] => {
    const here = found(facts, kind);
    // A source that names no serial numbers says nothing about parts that were swapped.
    if (here === undefined || here.length === 0) return [];
    const wanted = named.filter((part) => part.kind === kind);
    const missing = wanted.filter(({ serial }) => !here.includes(plain(serial)));
    const isKnown = known.some((each) => each.kind === kind && each.severity === 'major');
    const unknown = here.filter((serial) => !wanted.some((part) => plain(part.serial) === serial));
    return (isKnown && unknown.length === 0 ? [] : missing).map((part) => ({
      kind,
      severity: 'major',
      place: part.place ?? part.serial,
      expected: part.serial,
      found: unknown.length > 0 ? `not in this machine; instead ${listed(unknown)}` : 'not in this machine',
      evidence: [
        { source: 'ship-notice', said: part.serial },
        {
          source: 'validation-image',
          said: listed(here),
          where: kind === 'memory' ? 'dmidecode, type 17' : 'lsblk, smartctl, nvme',
        },
      ],
      hint: 'the part was swapped on the way or taken out: look whether it went into another machine of the shipment',
    }));
  });
}

const plain = (serial: string): string => serial.trim().toUpperCase();
/** Undefined where not every part of the kind has its number. */
function found(facts: Seen['facts'], kind: NamedPart['kind']): string[] | undefined {
  const serials =
    kind === 'memory' ? facts.memory?.modules.map(({ serial }) => serial) : facts.drives?.map(({ serial }) => serial);
  return serials?.every((serial) => serial !== undefined) ? serials.map((serial) => plain(serial ?? '')) : undefined;
}
