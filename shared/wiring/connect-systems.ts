import type { ConnectParts } from '../adapters/outside-system.ts';
import { systems } from '../adapters/systems.ts';
import type { IdentityProvider } from '../ports/identity.ts';
import type { Ports } from '../ports/ports.ts';
import type { Quoting, Vendor } from '../ports/quoting.ts';
import type { Deps } from '../saga/deps.ts';
import type { Settings } from './settings.ts';

/** What of Deps outside systems do. */
type Outside = Pick<
  Deps,
  'dcim' | 'secrets' | 'authority' | 'automation' | 'ticketing' | 'mailer' | 'carriers' | 'quoting' | 'vendorTools'
>;

/** Makes the client of each configured system, and puts what stands in for it where one is not configured. */
export async function connectSystems(
  settings: Settings,
  parts: ConnectParts,
): Promise<Outside & { identity: IdentityProvider }> {
  const made = await Promise.all(
    systems.map((system) => settings.systems.get(system.name)?.connect(parts) ?? system.standIn()),
  );
  const all = <K extends keyof Ports>(port: K): Ports[K][] =>
    made.flatMap((ports) => {
      const found = ports[port];
      return found === undefined ? [] : [found];
    });
  const only = <K extends keyof Ports>(port: K): Ports[K] => {
    const [found] = all(port);
    if (!found) throw new Error(`No outside system serves the port ${port}: look at shared/adapters/systems.ts.`);
    return found;
  };
  return {
    identity: only('identity'),
    dcim: only('dcim'),
    secrets: only('secrets'),
    authority: only('authority'),
    automation: only('automation'),
    ticketing: only('ticketing'),
    mailer: only('mailer'),
    carriers: all('carrier'),
    quoting: byVendor(all('quoting')),
    vendorTools: all('vendorTool'),
  };
}

function byVendor(desks: readonly Quoting[]): Record<Vendor, Quoting> {
  const quotingOf = (vendor: Vendor): Quoting => {
    const quoting = desks.find((each) => each.vendor === vendor);
    if (!quoting) throw new Error(`No outside system sells for ${vendor}: look at shared/adapters/systems.ts.`);
    return quoting;
  };
  return { hpe: quotingOf('hpe'), dell: quotingOf('dell') };
}
