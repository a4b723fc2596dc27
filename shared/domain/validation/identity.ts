import { bmcSays, imageSays, orderSays, type Expected, type Seen } from './expected.ts';
import type { Difference } from './finding.ts';
import { serves } from './serves.ts';

/** Whether it is the machine at all: its serial number and its model. */
export const identityDifferences = (seen: Seen, expected: Expected): Difference[] => [
  ...serialDifference(seen, expected),
  ...modelDifference(seen, expected),
];

function serialDifference({ inBand, outOfBand }: Seen, { serial: expected, manifest }: Expected): Difference[] {
  if (expected === null) return [];
  const [own, reported] = [inBand.identity.serial, outOfBand?.identity.serial];
  const isExpected = (serial: string | undefined) => serial?.toUpperCase() === expected.toUpperCase();
  if (isExpected(own)) return [];
  const evidence = [
    orderSays({ manifest }, expected),
    imageSays(own ?? 'no serial number', 'dmidecode'),
    ...(outOfBand ? [bmcSays(reported ?? 'no serial number', 'Redfish ComputerSystem')] : []),
  ];
  const base = { kind: 'identity' as const, place: 'system', expected, found: own ?? 'no serial number', evidence };
  return own === undefined && isExpected(reported)
    ? [
        {
          ...base,
          severity: 'info',
          hint: 'its maker wrote no serial number into the board; its BMC has the right one',
        },
      ]
    : [
        {
          ...base,
          severity: 'major',
          hint:
            own === undefined
              ? 'read the label: neither the board nor the BMC has the serial number'
              : 'another machine is cabled here, or its system board was changed; read the label',
        },
      ];
}

function modelDifference({ inBand, outOfBand }: Seen, { model: expected, manifest }: Expected): Difference[] {
  const found = inBand.identity.model ?? outOfBand?.identity.model;
  if (expected === null || found === undefined || holds(found, expected) || holds(expected, found)) return [];
  const evidence = [
    orderSays({ manifest }, expected),
    ...(inBand.identity.model === undefined ? [] : [imageSays(inBand.identity.model, 'dmidecode')]),
    ...(outOfBand?.identity.model === undefined ? [] : [bmcSays(outOfBand.identity.model, 'Redfish ComputerSystem')]),
  ];
  return [
    {
      kind: 'model',
      severity: 'minor',
      place: 'system',
      expected,
      found,
      evidence,
      hint: 'makers write their models in more than one way; if it is another model, tell procurement',
    },
  ];
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
const holds = (text: string, part: string): boolean => plain(text).includes(plain(part));

/** Whether the order can be understood, and whether what the vendor promised is what was ordered. */
export function orderDifferences(_seen: Seen, { parts, config, manifest, ordered }: Expected): Difference[] {
  const unread = (['cpu', 'ram', 'storage', 'network'] as const).flatMap((part): Difference[] => {
    const reading = parts[part];
    if ('is' in reading) return [];
    return [
      {
        kind: 'order',
        severity: 'info',
        place: part,
        expected: config[part],
        found: `not understood: ${reading.unread}`,
        evidence: [orderSays({ manifest }, config[part])],
        hint:
          'this part was not compared with the order; write the order as in 2x Intel Xeon Gold 6530, 512GB ' +
          'DDR5, 4x 3.84TB NVMe, 2x 100GbE',
      },
    ];
  });
  if (!manifest || !ordered || serves(manifest.config, ordered)) return unread;
  const text = (each: typeof config) => [each.cpu, each.ram, each.storage, each.network].join('; ');
  return [
    ...unread,
    {
      kind: 'order',
      severity: 'major',
      place: 'ship notice',
      expected: text(ordered),
      found: text(manifest.config),
      evidence: [
        { source: 'order', said: text(ordered) },
        { source: 'ship-notice', said: text(manifest.config) },
      ],
      hint: 'the vendor shipped less than was ordered, or something else: settle it with the vendor, or waive it',
    },
  ];
}
