import type { Company } from '../kit/company.ts';

/** The company's edge agents, one for each datacenter, in the order of its list. */
export interface Agents {
  /** Where the machines of a datacenter reach their agent. */
  urlOf(datacenter: string): string | undefined;
}

/** `listen`: `host:port` of each, divided by commas, as in the agents' own EDGE_LISTEN. */
export function agentsOf(company: Company, listen = ''): Agents {
  const addresses = listen.split(',');
  return {
    urlOf: (datacenter) => {
      const address = addresses[company.datacenters.findIndex(({ id }) => id === datacenter)];
      return address ? `http://${address}` : undefined;
    },
  };
}
