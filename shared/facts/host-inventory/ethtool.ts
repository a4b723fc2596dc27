import { count, known, said } from '../said.ts';
import { MacAddress, type FirmwareComponent, type NetworkPort, type Optic } from '../server.ts';
import { unreadable } from './unreadable.ts';

/**
 * One port of `ethtool <port>`, `ethtool -i <port>` and `ethtool -P <port>`, one after the other. Speed in Mbit/s; the
 * address is the one the port was made with, not one that a bond lent it.
 */
export function readEthtool(output: string, name: string): { port: NetworkPort; firmware?: FirmwareComponent } {
  const value = fieldsOf(output);
  const link = value('Link detected');
  const mac = MacAddress.safeParse(value('Permanent address')).data;
  if (link === undefined && mac === undefined && value('driver') === undefined)
    throw unreadable('ethtool', "it has none of 'Link detected', 'Permanent address' and 'driver'", output);
  const version = said(value('firmware-version'));
  return {
    port: known<NetworkPort>({
      name,
      mac: mac === '00:00:00:00:00:00' ? undefined : mac,
      speedMbps: count(value('Speed')),
      isLinkUp: link === undefined ? undefined : link.startsWith('yes'),
    }),
    ...(version && {
      firmware: { component: 'nic' as const, name: `${name} (${value('driver') ?? 'unknown driver'})`, version },
    }),
  };
}

/** What `ethtool -m <port>` says of the transceiver in the port. */
export function readOptic(output: string, port: string): Optic {
  const value = fieldsOf(output);
  const optic = known<Optic>({
    port,
    kind: said(/\(([^()]+?)(?: or later)?\)/.exec(value('Identifier') ?? '')?.[1]),
    vendor: said(value('Vendor name')),
    partNumber: said(value('Vendor PN')),
    serial: said(value('Vendor SN')),
    connector: said(/\(([^()]+)\)/.exec(value('Connector') ?? '')?.[1]),
  });
  if (Object.keys(optic).length === 1)
    throw unreadable('ethtool -m', 'it names neither kind, vendor nor part number', output);
  return optic;
}

/** `Speed: 10000Mb/s`, indented or not, with any space around the colon. The first of a name counts. */
function fieldsOf(output: string): (name: string) => string | undefined {
  const fields = new Map<string, string>();
  for (const line of output.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return (name) => fields.get(name) || undefined;
}
