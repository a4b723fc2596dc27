import type { MacAddress } from '../../facts/server.ts';
import type { Anomaly } from './edge.api.ts';

/** What an anomaly means for people. Without `inspection` it is only recorded. */
export interface Judgement {
  /** One sentence, for the server's history. */
  what: string;
  inspection?: Inspection;
}

/** What a technician is to check, and the finding on the server until that is done. */
export interface Inspection {
  /** Names the case: each case is inspected once. */
  case: string;
  title: string;
  /** What may have happened, and what to do. */
  advice: string;
  finding: { place: string; expected: string; found: string };
}

type AnomalyOf<Kind extends Anomaly['kind']> = Extract<Anomaly, { kind: Kind }>;

/** Judges an anomaly at the port with this MAC address. Pure. */
export function judgeAnomaly(anomaly: Anomaly, mac: MacAddress): Judgement {
  switch (anomaly.kind) {
    case 'duplicate-mac':
      return duplicateMac(anomaly, mac);
    case 'moved':
      return moved(anomaly, mac);
    case 'swapped-board':
      return swappedBoard(anomaly, mac);
    case 'other-serial':
      return otherSerial(anomaly, mac);
    case 'outside-prefixes':
      return outsidePrefixes(anomaly, mac);
    case 'bonded':
      return { what: `The MAC address ${mac} is on ${anomaly.circuits.join(' and ')}: the server's ports are bonded.` };
    case 'unexpected-origin':
      return { what: `The MAC address ${mac} at ${anomaly.circuitId} was made by no factory: ${anomaly.reason}.` };
    case 'unreadable-report':
      return { what: `The validation image at ${mac} posted a report that cannot be read: ${anomaly.reason}` };
  }
}

function duplicateMac({ circuits }: AnomalyOf<'duplicate-mac'>, mac: MacAddress): Judgement {
  const [one, other] = [...circuits].sort();
  return {
    what: `The MAC address ${mac} was on two switch ports at a time: ${one} and ${other}.`,
    inspection: {
      case: `duplicate-mac/${mac}/${one}/${other}`,
      title: `Find out who has the MAC address ${mac}: it is in two places`,
      advice:
        'Follow both cables. Two machines must not have one address: unplug the one that is not what ' +
        'it says, and tell operations its serial number. If both lead to one server, say so.',
      finding: { place: mac, expected: 'one place', found: `${one} and ${other} at a time` },
    },
  };
}

function moved({ from, to }: AnomalyOf<'moved'>, mac: MacAddress): Judgement {
  return {
    what: `The MAC address ${mac} was at ${from} and is now at ${to}.`,
    inspection: {
      case: `moved/${mac}/${from}/${to}`,
      title: `See why ${mac} was moved to another switch port`,
      advice: 'If it was meant to be moved, have the cable recorded in NetBox. Else plug it back.',
      finding: { place: mac, expected: from, found: to },
    },
  };
}

function swappedBoard({ circuitId }: AnomalyOf<'swapped-board'>, mac: MacAddress): Judgement {
  return {
    what: `The unknown MAC address ${mac} is at ${circuitId}, where a known server was.`,
    inspection: {
      case: `swapped-board/${mac}/${circuitId}`,
      title: `See which machine is at ${circuitId}: its MAC address ${mac} is new`,
      advice:
        'If a mainboard or network card was changed, tell operations the new addresses and serial ' +
        'number, so that it is checked again. Else find out whose machine this is, and unplug it.',
      finding: { place: circuitId, expected: 'a port of this server', found: `the unknown MAC address ${mac}` },
    },
  };
}

function otherSerial({ expected, found }: AnomalyOf<'other-serial'>, mac: MacAddress): Judgement {
  return {
    what: `The machine at ${mac} says its serial number is ${found}, not ${expected}.`,
    inspection: {
      case: `other-serial/${mac}/${expected}/${found}`,
      title: `Read the serial number of the machine that should be ${expected}`,
      advice:
        'Read it from the label. If a mainboard was changed, have its number written again, or tell ' +
        'operations the new one. If two machines were taken for each other, put them where they belong.',
      finding: { place: 'serial', expected, found },
    },
  };
}

function outsidePrefixes({ address, prefixes }: AnomalyOf<'outside-prefixes'>, mac: MacAddress): Judgement {
  return {
    what:
      `The BMC ${mac} was given ${address}, which is outside the management network ` +
      `(${prefixes.join(', ')}). The agent does not connect to it there.`,
    inspection: {
      case: `outside-prefixes/${mac}/${address}`,
      title: `See where the management cable of ${mac} is plugged in`,
      advice:
        'It should lead to the management switch. If it does, tell operations: the DHCP server gives ' +
        'addresses that are not meant for BMCs, or the list of management networks is not complete.',
      finding: { place: 'BMC address', expected: prefixes.join(', '), found: address },
    },
  };
}
