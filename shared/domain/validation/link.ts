import type { NetworkPort, Optic } from '../../facts/server.ts';
import type { IntendedCable } from '../../ports/dcim.ts';
import type { Expected } from './expected.ts';
import type { Difference, Evidence } from './finding.ts';
import { orderedPortSpeed } from './order-words.ts';

/**
 * What a link can do: as much as the slower of its ends. A port whose type nobody has recorded is taken to be as fast
 * as was ordered.
 */
export function wantedSpeed({ local, peer }: IntendedCable, { config }: Expected): number | undefined {
  const ends = [local.speedMbps ?? orderedPortSpeed(config), peer.speedMbps].filter((speed) => speed !== undefined);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

export const gigabits = (mbps: number) => `${mbps / 1000} Gbit/s`;

/** A link that is up and slower than both of its ends allow; one that is faster shows an inventory that is wrong. */
export function speedDifferences(cable: IntendedCable, port: NetworkPort, expected: Expected): Difference[] {
  const wanted = wantedSpeed(cable, expected);
  const found = port.speedMbps;
  if (wanted === undefined || found === undefined || found === wanted || port.isLinkUp === false) return [];
  const evidence: Evidence[] = [
    {
      source: 'dcim',
      said:
        `${cable.localPort} ${speedWords(cable.local)}, ${cable.peerDevice} ${cable.peerPort} ` +
        `${speedWords(cable.peer)}`,
    },
    { source: 'validation-image', said: gigabits(found), where: `ethtool ${port.name}` },
  ];
  const base = {
    kind: 'cable' as const,
    place: cable.localPort,
    expected: gigabits(wanted),
    found: gigabits(found),
    evidence,
  };
  return found < wanted
    ? [
        {
          ...base,
          severity: 'major',
          hint: 'the cable or module is of a slower kind, or the switch port is set to a lower speed',
        },
      ]
    : [{ ...base, severity: 'info', hint: 'the inventory gives one of the two ports a slower type than it has' }];
}

const speedWords = ({ speedMbps, formFactor }: IntendedCable['local']) =>
  [formFactor, speedMbps === undefined ? 'of unknown speed' : gigabits(speedMbps)].filter(Boolean).join(', ');

/** SFP+ and SFP28 are one shape, QSFP+ and QSFP28 another: what does not fit cannot be what is recorded. */
const shapeOf = (formFactor: string | undefined): string | undefined =>
  /^(Q?SFP|OSFP|CFP|XFP|RJ45)/i.exec(formFactor?.replace(/[\s-]/g, '') ?? '')?.[1]?.toUpperCase();

/** The module or cable in the port, by its own words, against what the inventory has there. */
export function opticDifferences(cable: IntendedCable, port: NetworkPort, optics: readonly Optic[]): Difference[] {
  const optic = optics.find((each) => each.port === port.name);
  if (!optic) return [];
  const said = [optic.kind, optic.vendor, optic.partNumber, optic.connector].filter(Boolean).join(' ');
  const differ = (severity: Difference['severity'], expected: string, found: string, hint: string): Difference => ({
    kind: 'optic',
    severity,
    place: cable.localPort,
    expected,
    found,
    evidence: [
      { source: 'dcim', said: expected },
      { source: 'validation-image', said, where: `ethtool -m ${port.name}` },
    ],
    hint,
  });
  const [wanted, is] = [shapeOf(cable.local.formFactor), shapeOf(optic.kind)];
  if (wanted !== undefined && is !== undefined && wanted !== is)
    return [
      differ(
        'minor',
        cable.local.formFactor ?? wanted,
        optic.kind ?? is,
        'the port is of another kind than its type in the inventory says, or an adapter sits in it',
      ),
    ];
  if (cable.medium === undefined || optic.connector === undefined) return [];
  // A cable with its modules moulded on has no connector of its own.
  const isWhole = /no separable/i.test(optic.connector);
  const isWholeWanted = cable.medium === 'dac' || cable.medium === 'aoc';
  if (isWhole === isWholeWanted) return [];
  return [
    differ(
      'minor',
      cable.medium,
      isWhole ? 'a cable with its modules on it (DAC or AOC)' : `a module (${optic.connector})`,
      'another kind of cable was used than is recorded: exchange it, or correct the inventory',
    ),
  ];
}
