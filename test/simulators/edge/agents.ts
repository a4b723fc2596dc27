import type { Company } from '../kit/company.ts';

/** The company's edge agents, one for each datacenter, in the order of its list. */
export interface Agents {
  /** Where the DHCP servers of a datacenter reach their agent. */
  urlOf(datacenter: string): string | undefined;
  /** Where its machines boot from. */
  bootScriptOf(datacenter: string): string | undefined;
}

/**
 * `listen` and `bootListen`: `host:port` of each, divided by commas, as in the agents' own EDGE_LISTEN and
 * EDGE_BOOT_LISTEN.
 */
export function agentsOf(
  company: Company,
  { listen = '', bootListen = '' }: { listen?: string | undefined; bootListen?: string | undefined },
): Agents {
  const at = (addresses: string, datacenter: string) =>
    addresses.split(',')[company.datacenters.findIndex(({ id }) => id === datacenter)];
  const urlIn = (addresses: string, datacenter: string, path = '') =>
    at(addresses, datacenter) ? `http://${at(addresses, datacenter)}${path}` : undefined;
  return {
    urlOf: (datacenter) => urlIn(listen, datacenter),
    bootScriptOf: (datacenter) => urlIn(bootListen, datacenter, '/boot.ipxe'),
  };
}
