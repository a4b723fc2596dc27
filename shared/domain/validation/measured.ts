import type { Seen } from './expected.ts';
import type { Difference, Evidence } from './finding.ts';

/** What should have been compared and that nobody has measured: nothing is vouched for that was not seen. */
export const unmeasured = (place: string, expected: string, wanted: Evidence): Difference => ({
  kind: 'measurement',
  severity: 'major',
  place,
  expected,
  found: 'not measured',
  evidence: [wanted],
  hint:
    "the validation image did not report it and the BMC does not know it; look at the server's console for " +
    'the tool that failed',
});

/** The tools whose outputs are compared; the others only add to what is known. */
const compared = /^(dmidecode|lshw|lldp|lsblk|ethtool)(\/|$)/;

/** What the validation image sent and nobody could read. */
export const unreadDifferences = ({ inBand }: Seen): Difference[] =>
  (inBand.unread ?? []).map(({ output, reason }) => ({
    kind: 'measurement',
    severity: compared.test(output) ? 'minor' : 'info',
    place: output,
    expected: 'an output that can be read',
    found: reason,
    evidence: [{ source: 'validation-image', said: reason, where: output }],
    hint: 'the facts lack what it would have said; if it comes again, the reader has to learn this output',
  }));
