import type { Difference, Evidence } from '../validation/finding.ts';
import type { Finding } from '../validation/findings.db.ts';
import type { DriveErasure, DriveSource } from './certificate.ts';
import { hiddenFromBmc, labelOf, type DriveStatement } from './rules.ts';

const sources: Record<DriveSource, Evidence['source']> = {
  bmc: 'bmc',
  'bmc-before': 'bmc',
  'validation-image': 'validation-image',
  'ship-notice': 'ship-notice',
  'erase-report': 'erase-report',
};

/** What is left of an erasure, as findings of the server. A drive that a person has accounted for stays one, waived. */
export const eraseDifferences = (drives: readonly DriveErasure[]): Difference[] =>
  drives
    .filter(({ outcome }) => outcome !== 'erased')
    .map((drive) => {
      const isShown = drive.knownFrom.includes('bmc');
      return {
        kind: 'erase',
        severity: 'major',
        place: labelOf(drive),
        expected: 'erased',
        found: isShown ? 'not proved to be erased' : hiddenFromBmc,
        evidence: drive.knownFrom.map((source) => ({
          source: sources[source],
          said: drive.serial === null ? drive.name : `${drive.name}, serial number ${drive.serial}`,
        })),
        hint: isShown
          ? `${drive.evidence}; take the drive out and destroy it, then erase again`
          : 'if it is no longer in the machine, waive this and say where it went; else it is hidden from the ' +
            'management controller and must not leave',
      };
    });

/**
 * Where people say that drives went: findings that they have waived. Only of what the management controller does not
 * show.
 */
export const statementsIn = (standing: readonly Finding[]): DriveStatement[] =>
  standing.flatMap(({ kind, found, place, waiver }) =>
    kind === 'erase' && found === hiddenFromBmc && waiver ? [{ drive: place, ...waiver }] : [],
  );
