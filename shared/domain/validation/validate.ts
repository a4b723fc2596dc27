import type { ServerFacts } from '../../facts/server.ts';
import { cablingOf } from './cabling.ts';
import { driveDifferences } from './drives.ts';
import type { Expected, Seen } from './expected.ts';
import type { Difference } from './finding.ts';
import { identityDifferences, orderDifferences } from './identity.ts';
import { unreadDifferences } from './measured.ts';
import { memoryDifferences } from './memory.ts';
import { profileDifferences } from './model-profile.ts';
import { partDifferences } from './named-parts.ts';
import { portDifferences } from './ports.ts';
import { processorDifferences } from './processors.ts';
import { reconcile, type SourceDifference } from './reconcile.ts';

export interface Validation {
  /** The machine as its own system and its BMC together describe it: what the inventory is given. */
  facts: ServerFacts;
  differences: Difference[];
  /** The planned cables that were proved right, by the server's own end. */
  provedCables: string[];
}

const checks = [
  identityDifferences,
  orderDifferences,
  unreadDifferences,
  processorDifferences,
  memoryDifferences,
  driveDifferences,
  portDifferences,
  profileDifferences,
];

/** Every difference between what a server should be and what was seen of it, inside and out. */
export function validate(inBand: ServerFacts, outOfBand: ServerFacts | null, expected: Expected): Validation {
  const merged = outOfBand ? reconcile(inBand, outOfBand) : { facts: inBand, differences: [] };
  const seen: Seen = { inBand, outOfBand, facts: merged.facts };
  const cabling = cablingOf(seen, expected);
  const checked = checks.flatMap((check) => check(seen, expected));
  const own = [...checked, ...partDifferences(seen, expected, checked), ...cabling.differences];
  return {
    facts: merged.facts,
    differences: [...own, ...merged.differences.map(toDifference).filter((each) => !isSaid(each, own))],
    provedCables: cabling.proved,
  };
}

/** What the two sources disagree on, as a finding: the BMC's word is what the machine's own is held against. */
const toDifference = ({ kind, severity, place, inBand, outOfBand, hint }: SourceDifference): Difference => ({
  kind,
  severity,
  place,
  expected: `${outOfBand} (by its BMC)`,
  found: `${inBand} (by its own system)`,
  evidence: [
    { source: 'bmc', said: outOfBand },
    { source: 'validation-image', said: inBand },
  ],
  hint,
});

/** One trouble, one finding: a missing module shows against the order and against the BMC. */
const isSaid = ({ kind, severity }: Difference, own: readonly Difference[]): boolean =>
  severity !== 'info' &&
  (kind === 'identity' || kind === 'processor' || kind === 'memory') &&
  own.some((each) => each.kind === kind && each.severity === 'major');
