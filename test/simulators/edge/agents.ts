import type { Company } from '../kit/company.ts';
import { edgeClient } from '../oidc/oidc.ts';

/** The company's edge agents, one for each datacenter, in the order of its list. */
export interface Agents {
  /** Where the machines of a datacenter reach their agent. */
  urlOf(datacenter: string): string | undefined;
  /** The settings of one process that is all of them. */
  settingsFor(labUrl: string, platform: string): Record<string, string>;
}

/** `listen`: `host:port` of each, divided by commas, as in the agents' own EDGE_LISTEN. */
export function agentsOf(company: Company, listen = ''): Agents {
  const addresses = listen.split(',');
  const clients = company.datacenters.map(({ id }) => edgeClient(id));
  return {
    urlOf: (datacenter) => {
      const address = addresses[company.datacenters.findIndex(({ id }) => id === datacenter)];
      return address ? `http://${address}` : undefined;
    },
    settingsFor: (labUrl, platform) => ({
      EDGE_DATACENTER: company.datacenters.map(({ id }) => id).join(','),
      EDGE_CLIENT_ID: clients.map(({ id }) => id).join(','),
      EDGE_CLIENT_SECRET: clients.map(({ secret }) => secret).join(','),
      EDGE_ISSUER: `${labUrl}/oidc`,
      EDGE_PLATFORM_URL: platform,
    }),
  };
}
