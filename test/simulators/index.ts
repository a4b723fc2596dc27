// Every outside system of the simulated company but the BMCs, and the settings under which the platform reaches them.
import type { Lab } from './kit/lab.ts';
import type { Simulator } from './kit/simulator.ts';
import type { StandIn } from './kit/stand-in.ts';
import { standIns } from './systems.ts';
import type { Machine } from './vendors/factory.ts';
import { machinesShipped, type QuotingState } from './vendors/quoting.ts';

export const companySimulators: readonly Simulator<never>[] = standIns.map(({ simulator }) => simulator);

/**
 * The platform's settings for a lab that listens: names of environment variables and their values. `which`: some of its
 * systems only.
 */
export const settingsFor = (lab: Lab, which: readonly StandIn[] = standIns): Record<string, string> =>
  Object.assign(
    {},
    ...which.map(({ simulator: { name }, settings }) =>
      settings({ url: `${lab.url}/${name}`, ownServer: () => lab.addressOf(name) }),
    ),
  );

/** Every machine the vendors have sent out, for whoever unpacks and plugs them in. */
export const machinesDelivered = (lab: Lab): Machine[] =>
  ['hpe', 'dell'].flatMap((vendor) => machinesShipped(lab.state<QuotingState>(vendor)));
