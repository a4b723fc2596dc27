import type { Neighbour, NetworkPort } from '../../facts/server.ts';
import type { IntendedCable } from '../../ports/dcim.ts';
import type { Expected, Seen } from './expected.ts';
import { type Difference, type Evidence } from './finding.ts';
import { opticDifferences, speedDifferences } from './link.ts';
import { isSameDevice, isSamePort } from './port-names.ts';
import { macOf, physicalPorts, portOf } from './ports.ts';

/** One planned network cable, the server's port it belongs in, and what that port hears from its far end. */
interface Line {
  cable: IntendedCable;
  port: NetworkPort | undefined;
  heard: Neighbour[];
}

export interface Cabling {
  differences: Difference[];
  /** The planned cables that the switch at the far end has confirmed, by the server's own end. */
  proved: string[];
}

/** A cable is right when the switch at its far end says so itself, by LLDP, and the link is as fast as it can be. */
export function cablingOf({ inBand }: Seen, expected: Expected): Cabling {
  const ports = physicalPorts(inBand.networkPorts);
  const lines = expected.cables
    .filter(({ kind }) => kind === 'network')
    .map((cable): Line => {
      const port = portOf(cable, ports);
      return { cable, port, heard: heardOn(port?.name ?? cable.localPort, inBand.neighbours) };
    });
  const wrong = lines.flatMap((line) => plugDifferences(line, lines));
  const links = lines.flatMap(({ cable, port }) =>
    port ? [...speedDifferences(cable, port, expected), ...opticDifferences(cable, port, inBand.optics ?? [])] : [],
  );
  const proved = lines
    .filter((line) => line.heard.some((each) => leadsTo(each, line.cable) === true))
    .map(({ cable }) => cable.localPort);
  return { differences: [...wrong, ...links, ...strayDifferences(ports, lines, inBand.neighbours ?? [])], proved };
}

const heardOn = (port: string, neighbours: readonly Neighbour[] | undefined): Neighbour[] =>
  (neighbours ?? []).filter(({ localPort }) => localPort === port);

/**
 * Whether this neighbour is the far end of that cable; `unknown` where it is the right switch and names its port in a
 * way that cannot be compared.
 */
function leadsTo(heard: Neighbour, { peerDevice, peerPort, peerMac }: IntendedCable): boolean | 'unknown' {
  if (heard.systemName === undefined || !isSameDevice(heard.systemName, peerDevice)) return false;
  if (peerMac !== undefined && macOf(heard.portId) === macOf(peerMac)) return true;
  const said = [heard.portId, heard.portDescription].flatMap((text) =>
    text === undefined ? [] : isSamePort(text, peerPort),
  );
  // A description is free text: it can confirm a port, but another name in it proves nothing as long as the id is no
  // name.
  if (said.includes(true)) return true;
  return heard.portId !== undefined && isSamePort(heard.portId, peerPort) === false
    ? false
    : said.at(-1) === false
      ? false
      : 'unknown';
}

const peerOf = ({ peerDevice, peerPort }: IntendedCable) => `${peerDevice} ${peerPort}`;
const inWords = ({ systemName, chassisId, portId, portDescription }: Neighbour) =>
  `${systemName ?? chassisId ?? 'unknown'} ${portId ?? portDescription ?? 'unknown'}`;

function plugDifferences(line: Line, lines: readonly Line[]): Difference[] {
  const { cable, port, heard } = line;
  const evidence: Evidence[] = [
    { source: 'dcim', said: `${cable.localPort} to ${peerOf(cable)}` },
    ...heard.map((each): Evidence => ({ source: 'lldp', said: wholeOf(each), where: `lldpcli, ${each.localPort}` })),
  ];
  const base = { kind: 'cable' as const, place: cable.localPort, expected: peerOf(cable), evidence };
  if (heard.length === 0) return [{ ...base, severity: 'major', ...silence(port) }];
  const answers = heard.map((each) => leadsTo(each, cable));
  if (answers.includes(true)) return [];
  const index = answers.indexOf('unknown');
  const found = inWords(heard[Math.max(index, 0)] as Neighbour);
  if (index >= 0)
    return [
      {
        ...base,
        severity: 'minor',
        found,
        hint: 'the switch is the right one; it names its port in a way that cannot be compared with the inventory',
      },
    ];
  // Where it leads, another cable of this server belongs.
  const rightful = lines.find((other) => other !== line && heard.some((each) => leadsTo(each, other.cable) === true));
  if (!rightful)
    return [
      {
        ...base,
        severity: 'major',
        found,
        hint: `plug the other end into ${cable.peerDevice}, port ${cable.peerPort}`,
      },
    ];
  const isExchange = rightful.heard.some((each) => leadsTo(each, cable) === true);
  if (!isExchange)
    return [
      {
        ...base,
        severity: 'major',
        found,
        hint:
          `this is where ${rightful.cable.localPort} belongs: plug the other end into ${cable.peerDevice}, ` +
          `port ${cable.peerPort}`,
      },
    ];
  // Said once, at the first of the two.
  if (lines.indexOf(rightful) < lines.indexOf(line)) return [];
  return [
    {
      ...base,
      severity: 'major',
      place: `${cable.localPort} and ${rightful.cable.localPort}`,
      expected: `${cable.localPort} in ${peerOf(cable)}, ${rightful.cable.localPort} in ${peerOf(rightful.cable)}`,
      found: 'these two cables are swapped',
      evidence: [
        ...evidence,
        ...rightful.heard.map((each): Evidence => ({
          source: 'lldp',
          said: wholeOf(each),
          where: `lldpcli, ${each.localPort}`,
        })),
      ],
      hint: `exchange the two plugs at the server, ${cable.localPort} and ${rightful.cable.localPort}`,
    },
  ];
}

/** What to look at where nothing is heard. */
function silence(port: NetworkPort | undefined): Pick<Difference, 'found' | 'hint'> {
  if (!port)
    return { found: 'the server has no such port', hint: 'a network card is missing, or its port was replaced' };
  if (port.isLinkUp === false)
    return {
      found: 'no link',
      hint: 'nothing is plugged in, a plug is loose, the module is missing or does not fit, or the switch port is off',
    };
  return {
    found: 'no neighbour heard',
    hint: port.isLinkUp
      ? 'the link is up and the far end sends no LLDP: it is no switch of ours, or LLDP is off there'
      : 'look whether the link is up, and whether LLDP is on at the switch',
  };
}

const wholeOf = (neighbour: Neighbour) =>
  [
    neighbour.systemName ?? neighbour.chassisId ?? 'unknown',
    `port ${neighbour.portId ?? 'unknown'}`,
    neighbour.portDescription && `(${neighbour.portDescription})`,
  ]
    .filter(Boolean)
    .join(' ');

/** Ports that nobody planned a cable for, and that hang on something all the same. */
function strayDifferences(
  ports: readonly NetworkPort[],
  lines: readonly Line[],
  neighbours: readonly Neighbour[],
): Difference[] {
  const planned = new Set(lines.map(({ cable, port }) => port?.name ?? cable.localPort));
  const strays = ports.filter(({ name }) => !planned.has(name));
  return strays.flatMap((port): Difference[] => {
    const heard = heardOn(port.name, neighbours);
    const place = port.mac ? `${port.name} (${port.mac})` : port.name;
    const base = { kind: 'cable' as const, place, expected: 'no cable' };
    if (heard.length > 0) {
      return [
        {
          ...base,
          severity: 'major',
          found: heard.map(inWords).join(', '),
          evidence: heard.map((each) => ({ source: 'lldp', said: wholeOf(each), where: `lldpcli, ${port.name}` })),
          hint: 'a cable that nobody planned leads into a network: pull it, or record it in the inventory',
        },
      ];
    }
    if (port.isLinkUp !== true) return [];
    return [
      {
        ...base,
        severity: 'minor',
        found: 'a link to something that sends no LLDP',
        evidence: [{ source: 'validation-image', said: 'link is up', where: `ethtool ${port.name}` }],
        hint: 'a cable that nobody planned leads somewhere: find out where',
      },
    ];
  });
}
