import type { Drive } from '../../facts/server.ts';
import type { Category, DriveErasure, DriveSource, Erasure, Unverified } from './certificate.ts';

/** A list of drives that somebody has made of a server. */
export interface DriveList {
  source: DriveSource;
  drives: readonly Pick<Drive, 'serial' | 'name' | 'media'>[];
}

/** A drive that has to end erased, whoever knows of it. */
export interface KnownDrive {
  serial: string | null;
  name: string;
  media: Drive['media'];
  knownFrom: readonly DriveSource[];
}

/** What whoever erases says of one drive. `method`: null where none was named. `isProved`: its end was read back. */
export interface EraseResult {
  serial: string;
  method: string | null;
  isProved: boolean;
  /** What was read back, or why nothing shows that it is erased. */
  evidence: string;
}

/** A person's word that a drive is no longer in the machine, and where it went. */
export interface DriveStatement {
  /** What `labelOf` calls the drive. */
  drive: string;
  reason: string;
  by: string;
  at: string;
}

/** What a drive is called where people read of it. */
export const labelOf = ({ serial, name }: Pick<KnownDrive, 'serial' | 'name'>): string =>
  serial ?? `${name} (no serial number)`;

/** Serial numbers are written with blanks and in either case. */
const plain = (serial: string | null | undefined): string | undefined => serial?.trim().toUpperCase() || undefined;

/**
 * All drives that anybody has named, each once. Two of one list that share a serial number are two drives; a drive
 * without one is its list's own, since nothing shows which of another list it is.
 */
export function knownDrives(lists: readonly DriveList[]): KnownDrive[] {
  const known = new Map<string, KnownDrive>();
  for (const { source, drives } of lists) {
    const counts = new Map<string, number>();
    for (const { serial, name, media } of drives) {
      const identity = plain(serial) ?? `${source}: ${name}`;
      const count = (counts.get(identity) ?? 0) + 1;
      counts.set(identity, count);
      const before = known.get(`${identity} #${count}`);
      known.set(
        `${identity} #${count}`,
        before
          ? {
              ...before,
              media: before.media ?? media,
              knownFrom: before.knownFrom.includes(source) ? before.knownFrom : [...before.knownFrom, source],
            }
          : { serial: plain(serial) === undefined ? null : (serial?.trim() ?? null), name, media, knownFrom: [source] },
      );
    }
  }
  return [...known.values()];
}

const statementOn = (drive: KnownDrive, statements: readonly DriveStatement[]) =>
  statements.find((each) => each.drive === labelOf(drive));

/**
 * The one judgement of an erasure: every drive that is known has a result of its own which is proved, or is no longer
 * in the machine by a person's word. A statement counts only for what the management controller does not show.
 */
export function judgeErasure(
  drives: readonly KnownDrive[],
  results: readonly EraseResult[],
  statements: readonly DriveStatement[],
): Erasure {
  const left = [...results];
  const take = (serial: string | null) => {
    const index = left.findIndex((result) => serial !== null && plain(result.serial) === plain(serial));
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const known = drives.map((drive) => judgeDrive(drive, take(drive.serial), statementOn(drive, statements)));
  // What was erased and nobody had named is certified too.
  const beyond = left.map((result) =>
    judgeDrive(
      { serial: result.serial.trim(), name: result.serial.trim(), media: undefined, knownFrom: [] },
      result,
      undefined,
    ),
  );
  const all = [...known, ...beyond];
  const erased = all.filter(({ outcome }) => outcome === 'erased');
  const isListed = drives.some(({ knownFrom }) => knownFrom.includes('validation-image'));
  return {
    isComplete: erased.length > 0 && all.every(({ outcome }) => outcome !== 'not-erased'),
    drives: all,
    category: leastOf(erased.map(({ category }) => category)),
    unverified: [
      ...new Set([...erased.flatMap(({ unverified }) => unverified), ...(isListed ? [] : ['drive-list' as const])]),
    ],
  };
}

function judgeDrive(
  drive: KnownDrive,
  result: EraseResult | undefined,
  statement: DriveStatement | undefined,
): DriveErasure {
  const base = {
    serial: drive.serial,
    name: drive.name,
    knownFrom: [...drive.knownFrom],
    method: null,
    category: null,
    unverified: [],
  };
  if (result?.isProved) {
    const { category, unverified } = reachOf(result.method, drive.media);
    return {
      ...base,
      outcome: 'erased',
      method: result.method,
      category,
      evidence: result.evidence,
      unverified: [...unverified, 'samples'],
    };
  }
  if (result) return { ...base, outcome: 'not-erased', method: result.method, evidence: result.evidence };
  const isShown = drive.knownFrom.includes('bmc');
  if (!isShown && statement)
    return { ...base, outcome: 'accounted-for', evidence: `${statement.by}, ${statement.at}: ${statement.reason}` };
  if (!isShown)
    return {
      ...base,
      outcome: 'not-erased',
      evidence: `${hiddenFromBmc}; ${sourcesInWords(drive.knownFrom)} named it`,
    };
  return {
    ...base,
    outcome: 'not-erased',
    evidence: drive.serial === null ? 'it has no serial number to be told by' : 'nobody has erased it',
  };
}

export const hiddenFromBmc = 'the management controller does not show it';

const sourceWords: Record<DriveSource, string> = {
  bmc: 'the management controller',
  'bmc-before': 'the management controller, earlier,',
  'validation-image': 'the validation image',
  'ship-notice': 'the ship notice',
  'erase-report': 'an earlier erase report',
};
const sourcesInWords = (sources: readonly DriveSource[]) => sources.map((source) => sourceWords[source]).join(' and ');

/**
 * What a method reaches. Methods by their names in Redfish (DSP2046 Drive.SecureErase, SanitizationType); one that is
 * not in this table, or was not named, reaches nothing that is known.
 */
function reachOf(
  method: string | null,
  media: Drive['media'],
): { category: Category | null; unverified: Unverified[] } {
  switch (method) {
    case 'CryptographicErase':
      return { category: 'purge', unverified: ['encryption'] };
    case 'BlockErase':
      // Of flash only: a drive with platters has no such command.
      return { category: media === 'nvme' || media === 'ssd' ? 'purge' : null, unverified: [] };
    case 'Overwrite':
      // Spare areas may keep what was there.
      return { category: 'clear', unverified: [] };
    case null:
      return { category: null, unverified: ['method'] };
    default:
      return { category: null, unverified: [] };
  }
}

const leastOf = (categories: readonly (Category | null)[]): Category | null =>
  categories.length === 0 || categories.includes(null) ? null : categories.includes('clear') ? 'clear' : 'purge';

/** Which drives are not erased, and why, in one sentence. */
export const whatIsLeft = (drives: readonly DriveErasure[]): string =>
  `no proof that these drives are erased: ${
    drives
      .filter(({ outcome }) => outcome === 'not-erased')
      .map((drive) => `${labelOf(drive)} (${drive.evidence})`)
      .join(', ') || 'none is known'
  }`;
