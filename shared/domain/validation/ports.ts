import { MacAddress, type NetworkPort } from '../../facts/server.ts';
import type { IntendedCable } from '../../ports/dcim.ts';
import { bmcSays, imageSays, orderSays, type Expected, type Seen } from './expected.ts';
import { counted, type Difference, type Evidence } from './finding.ts';
import { unmeasured } from './measured.ts';

/** Sources write MACs in their own ways; all mean the same port. */
export const macOf = (text: string | undefined): MacAddress | undefined => MacAddress.safeParse(text).data;

/**
 * The BMC's own link into the host (USB) looks like a network port, has no plug, and often the same MAC on every
 * machine of a make.
 */
const isVirtual = ({ name, mac }: NetworkPort): boolean =>
  /^(usb\d|idrac|enx[0-9a-f]{12}|bond\d|br\d|docker\d|veth\w|lo$)|\busb\b/i.test(name) ||
  (mac ?? '').startsWith('0a:ca:fe');

export const physicalPorts = (ports: readonly NetworkPort[] | undefined): NetworkPort[] =>
  (ports ?? []).filter((port) => !isVirtual(port));

/**
 * The machine's port that a planned cable belongs in. The inventory and the machine's own system name ports
 * differently: the MAC is what both mean.
 */
export const portOf = (
  { localMac, localPort }: IntendedCable,
  ports: readonly NetworkPort[],
): NetworkPort | undefined =>
  ports.find(({ mac, name }) => (localMac ? macOf(mac) === macOf(localMac) : name === localPort));

/**
 * Every port of the ship notice by its MAC address, and as many as were ordered. How fast a port is shows only with a
 * link: that is the cables' finding.
 */
export function portDifferences(seen: Seen, { parts: { network }, config, macs, manifest }: Expected): Difference[] {
  if (!seen.facts.networkPorts)
    return [unmeasured('network ports', config.network, orderSays({ manifest }, config.network))];
  const found = physicalPorts(seen.facts.networkPorts);
  const reported = reportedBy(seen);
  const present = new Set(found.map(({ mac }) => macOf(mac)));
  const differences = macs
    .filter((mac) => !present.has(MacAddress.parse(mac)))
    .map((mac): Difference => ({
      kind: 'network-port',
      severity: 'major',
      place: mac,
      expected: mac,
      found: 'no such port',
      evidence: [{ source: manifest ? 'ship-notice' : 'dcim', said: mac }, ...reported],
      hint: 'the card is missing, not seated, switched off in the BIOS, or another card was built in',
    }));
  const wanted = 'is' in network ? network.is.reduce((sum, { count }) => sum + count, 0) : 0;
  if (found.length >= wanted) return differences;
  return [
    ...differences,
    {
      kind: 'network-port',
      severity: 'major',
      place: 'ports',
      expected: config.network,
      found: counted(found.length, 'port'),
      evidence: [orderSays({ manifest }, config.network), ...reported],
      hint: 'a network card is missing, not seated, or switched off in the BIOS',
    },
  ];
}

function reportedBy({ inBand, outOfBand }: Seen): Evidence[] {
  const say = (ports: readonly NetworkPort[]) =>
    ports
      .map(({ name, mac, speedMbps, isLinkUp }) =>
        [name, mac, isLinkUp === false ? 'no link' : speedMbps && `${speedMbps} Mbit/s`].filter(Boolean).join(' '),
      )
      .join(', ');
  return [
    ...(inBand.networkPorts ? [imageSays(say(inBand.networkPorts), 'ethtool')] : []),
    ...(outOfBand?.networkPorts ? [bmcSays(say(outOfBand.networkPorts), 'Redfish EthernetInterfaces')] : []),
  ];
}
