import type { TestedLink } from '../../facts/host-inventory/link-test.ts';
import type { NetworkPort, ServerFacts } from '../../facts/server.ts';
import type { IntendedCable } from '../../ports/dcim.ts';
import { imageSays, type Expected } from './expected.ts';
import { listed, type Difference } from './finding.ts';
import { gigabits, wantedSpeed } from './link.ts';
import { physicalPorts, portOf } from './ports.ts';

/** A packet may get lost on its way through others' hands; more than this share is the link's own doing. */
const toleratedLoss = 0.01;

interface Line {
  cable: IntendedCable;
  port: NetworkPort;
  link: TestedLink | undefined;
}

/**
 * Every planned link that does not carry traffic as it should. `known`: findings that stand already. That a cable has
 * no link or a slow one is said once.
 */
export function linkDifferences(
  tested: readonly TestedLink[],
  inBand: ServerFacts,
  expected: Expected,
  known: readonly Pick<Difference, 'kind' | 'place'>[],
): Difference[] {
  const ports = physicalPorts(inBand.networkPorts);
  const lines = expected.cables
    .filter(({ kind }) => kind === 'network')
    .flatMap((cable): Line[] => {
      const port = portOf(cable, ports);
      return port ? [{ cable, port, link: tested.find((each) => each.port === port.name) }] : [];
    });
  const isKnown = ({ cable }: Line) => known.some(({ kind, place }) => kind === 'cable' && place === cable.localPort);
  const found = lines.flatMap((line) => [
    ...(isKnown(line) ? [] : plainDifferences(line, expected)),
    ...trafficDifferences(line),
  ]);
  return [...found, ...unsentDifferences(lines)];
}

const of = ({ cable, port, link }: Line): Pick<Difference, 'kind' | 'place' | 'evidence'> => ({
  kind: 'link',
  place: cable.localPort,
  evidence: [
    { source: 'dcim', said: `${cable.localPort} to ${cable.peerDevice} ${cable.peerPort}` },
    ...(link ? [imageSays(link.said, `link test, ${port.name}`)] : []),
  ],
});

/** What shows without traffic: whether it is up, and how fast. */
function plainDifferences(line: Line, expected: Expected): Difference[] {
  const { cable, link } = line;
  const base = { ...of(line), severity: 'major' as const };
  if (!link)
    return [
      {
        ...base,
        expected: 'tested',
        found: 'not tested',
        hint:
          'the validation image tests every port that it sees, and this one it no longer saw: look at its ' +
          "card and at the server's console",
      },
    ];
  if (link.isUp === false)
    return [
      {
        ...base,
        expected: 'a link',
        found: 'no link',
        hint: 'it was up when the machine was measured: a plug is not pushed home, or a module or cable fails',
      },
    ];
  const wanted = wantedSpeed(cable, expected);
  if (wanted === undefined || link.speedMbps === undefined || link.speedMbps >= wanted) return [];
  return [
    {
      ...base,
      expected: gigabits(wanted),
      found: gigabits(link.speedMbps),
      hint: 'it was faster when the machine was measured: a module or cable does not hold its speed',
    },
  ];
}

function trafficDifferences(line: Line): Difference[] {
  const { link } = line;
  if (!link || link.isUp === false) return [];
  const { sent = 0, lost = 0, errors = 0 } = link;
  const base = { ...of(line), expected: 'every packet comes back, and no error is counted' };
  if (sent > 0 && lost === sent && errors === 0) {
    return [
      {
        ...base,
        severity: 'minor',
        found: 'no packet comes back',
        hint:
          "the machine's reports do go this way: whoever was to answer does not. Have the machine on which " +
          'the agent runs answer pings',
      },
    ];
  }
  const what = [...(lost > 0 ? ['packets get lost'] : []), ...(errors > 0 ? ['errors are counted'] : [])];
  if (what.length === 0)
    return link.hasPassed
      ? []
      : [{ ...base, severity: 'major', found: 'it failed its test', hint: `the validation image says: ${link.said}` }];
  return [
    {
      ...base,
      severity: errors > 0 || lost > sent * toleratedLoss ? 'major' : 'minor',
      found: listed(what),
      hint:
        `${lost} of ${sent} packets were lost and ${errors} errors counted: clean or exchange the module and ` +
        'the cable at both ends; if that does not help, the switch port',
    },
  ];
}

/** Where no port has sent a packet, nobody knows whether any gets lost. */
function unsentDifferences(lines: readonly Line[]): Difference[] {
  const up = lines.filter(({ link }) => link?.isUp);
  if (up.length === 0 || up.some(({ link }) => (link?.sent ?? 0) > 0)) return [];
  return [
    {
      kind: 'link',
      severity: 'minor',
      place: 'links',
      expected: 'packets that are sent and come back',
      found: 'no packet was sent',
      evidence: up.map(({ port, link }) => imageSays(link?.said ?? '', `link test, ${port.name}`)),
      hint:
        'no port had an address, or the agent has none that packets can be sent to: give it an IPv4 address ' +
        'in EDGE_BOOT_LISTEN or EDGE_BOOT_URL',
    },
  ];
}

/** The links could not be tested at all. */
export const untestedLinks = (reason: string): Difference => ({
  kind: 'link',
  severity: 'major',
  place: 'links',
  expected: 'tested',
  found: 'not tested',
  evidence: [{ source: 'edge-agent', said: reason }],
  hint: `${reason}: look at the server's console`,
});
