import { BlockList, isIP } from 'node:net';

/**
 * Whether an address (`https://10.20.3.7`) lies in one of these prefixes (`10.20.0.0/16`). A name never does: who
 * answers to it is decided elsewhere. No prefix allows nothing.
 */
export const liesWithin = (prefixes: readonly string[], address: string): boolean =>
  containsIp(prefixes, URL.canParse(address) ? new URL(address).hostname.replace(/^\[|\]$/g, '') : '');

/** The same of a bare IP address (`10.20.3.7`, `fd00:20::7`), as a socket is connected to it. */
export function containsIp(prefixes: readonly string[], ip: string): boolean {
  const family = isIP(ip);
  if (family === 0) return false;
  const list = known.get(prefixes) ?? listOf(prefixes);
  known.set(prefixes, list);
  return list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
}

/** Thousands of addresses are held against the same prefixes. */
const known = new WeakMap<readonly string[], BlockList>();

function listOf(prefixes: readonly string[]): BlockList {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [network = '', length = ''] = prefix.split('/');
    if (isIP(network) !== 0) list.addSubnet(network, Number(length), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
