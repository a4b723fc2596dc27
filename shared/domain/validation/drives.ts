import type { Drive } from '../../facts/server.ts';
import { bmcSays, imageSays, orderSays, type Expected, type Seen } from './expected.ts';
import { counted, type Difference, type Evidence } from './finding.ts';
import { unmeasured } from './measured.ts';
import type { OrderedDrives } from './order-words.ts';

/** What a maker calls 3.84 TB has a few million bytes less or more; no two sizes on sale are that close. */
const isLargeEnough = ({ sizeBytes }: Drive, bytes: number) => sizeBytes === undefined || sizeBytes >= bytes * 0.97;
/** An NVMe drive is an SSD too, unless the order names the bus. */
const isOfKind = ({ media }: Drive, { media: wanted, what }: OrderedDrives) =>
  media === undefined ||
  wanted === undefined ||
  media === wanted ||
  (wanted === 'ssd' && media === 'nvme' && !/\b(sata|sas)\b/.test(what));

/** Each drive that was ordered, by size and kind; and none that is failing. */
export function driveDifferences(seen: Seen, { parts: { storage }, config, manifest }: Expected): Difference[] {
  const found = seen.facts.drives;
  const ill = illDrives(seen);
  if ('unread' in storage) return ill;
  if (!found) return [unmeasured('drives', config.storage, orderSays({ manifest }, config.storage))];
  const evidence = [orderSays({ manifest }, config.storage), ...reported(seen)];
  const left = [...found];
  // The kind that is hardest to satisfy first; of the drives that would do, the smallest.
  const missing = storage.is
    .toSorted((a, b) => b.bytes - a.bytes)
    .flatMap((wanted): Difference[] => {
      const fitting = left
        .filter((drive) => isOfKind(drive, wanted) && isLargeEnough(drive, wanted.bytes))
        .toSorted((a, b) => (a.sizeBytes ?? wanted.bytes) - (b.sizeBytes ?? wanted.bytes))
        .slice(0, wanted.count);
      for (const drive of fitting) left.splice(left.indexOf(drive), 1);
      if (fitting.length === wanted.count) return [];
      const others = left
        .filter((drive) => !isOfKind(drive, wanted) || !isLargeEnough(drive, wanted.bytes))
        .map(inWords);
      return [
        {
          kind: 'drive',
          severity: 'major',
          place: 'bays',
          expected: config.storage,
          found:
            `${fitting.length} of ${counted(wanted.count, 'drive')} of ${capacity(wanted.bytes)}` +
            (wanted.media ? ` ${wanted.media.toUpperCase()}` : '') +
            (others.length > 0 ? `; instead ${others.join(', ')}` : ''),
          evidence,
          hint:
            others.length > 0
              ? 'drives of another size or kind were built in: replace them'
              : 'a drive is missing, not seated, or dead: look for the bay whose light is off',
        },
      ];
    });
  return [...missing, ...ill];
}

const illDrives = ({ facts }: Seen): Difference[] =>
  (facts.drives ?? []).flatMap((drive): Difference[] => {
    if (drive.health !== 'critical' && drive.health !== 'warning') return [];
    return [
      {
        kind: 'drive',
        severity: drive.health === 'critical' ? 'major' : 'minor',
        place: nameOf(drive),
        expected: 'health ok',
        found: `health ${drive.health}`,
        evidence: [imageSays(`${inWords(drive)}: ${drive.health}`, 'smartctl, or Redfish Drives')],
        hint:
          drive.health === 'critical'
            ? 'it says that it fails: replace it'
            : 'it warns of itself: watch it, or have it replaced under warranty',
      },
    ];
  });

const nameOf = ({ name, serial }: Drive) => (serial ? `${name} (${serial})` : name);
/** Of a drive, powers of ten: `3.84 TB`. */
const capacity = (bytes: number) =>
  bytes >= 1e12 ? `${Number((bytes / 1e12).toFixed(2))} TB` : `${Math.round(bytes / 1e9)} GB`;
const inWords = (drive: Drive) =>
  [
    nameOf(drive),
    drive.sizeBytes === undefined ? undefined : capacity(drive.sizeBytes),
    drive.media?.toUpperCase(),
    drive.model,
  ]
    .filter(Boolean)
    .join(' ');

function reported({ inBand, outOfBand }: Seen): Evidence[] {
  const say = (drives: readonly Drive[]) => drives.map(inWords).join(', ');
  return [
    ...(inBand.drives ? [imageSays(say(inBand.drives), 'lsblk, smartctl, nvme')] : []),
    ...(outOfBand?.drives ? [bmcSays(say(outOfBand.drives), 'Redfish Storage')] : []),
  ];
}
