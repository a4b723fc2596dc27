import type { Expected, Seen } from './expected.ts';
import { counted, type Difference } from './finding.ts';
import { physicalPorts } from './ports.ts';

/** Whether the machine has the ports its model has. What sits in its bays may bring more. */
export function profileDifferences({ facts }: Seen, { profile }: Expected): Difference[] {
  const { manufacturer, model, networkPorts, managementPorts, powerPorts, bays } = profile;
  const said = (text: string) => [{ source: 'device-type' as const, said: text, where: `${manufacturer} ${model}` }];
  if (networkPorts.length === 0 && managementPorts.length === 0 && powerPorts.length === 0) {
    return [
      {
        kind: 'model',
        severity: 'info',
        place: model,
        expected: 'its ports described in the inventory',
        found: 'no ports described',
        evidence: said('no interface and power port templates'),
        hint: 'the machine was not checked against its model: add interfaces and power ports to its device type',
      },
    ];
  }
  const found = physicalPorts(facts.networkPorts);
  const names = networkPorts.map(({ name }) => name).join(', ');
  const base = {
    kind: 'model' as const,
    place: 'network ports',
    expected: `${counted(networkPorts.length, 'port')}${names && `: ${names}`}`,
    found: counted(found.length, 'port'),
  };
  const evidence = [
    ...said(names || 'none'),
    {
      source: 'validation-image' as const,
      said: found.map(({ name, mac }) => [name, mac].filter(Boolean).join(' ')).join(', ') || 'none',
      where: 'ethtool',
    },
  ];
  if (facts.networkPorts && found.length < networkPorts.length)
    return [
      {
        ...base,
        severity: 'major',
        evidence,
        hint: 'a port of the model is missing: a dead card, a BIOS setting, or another model than recorded',
      },
    ];
  if (found.length > networkPorts.length && bays.length === 0)
    return [
      {
        ...base,
        severity: 'minor',
        evidence,
        hint:
          'the model has no place for more ports: it is another model than recorded, or its device type ' +
          'lacks its bays',
      },
    ];
  return [];
}
