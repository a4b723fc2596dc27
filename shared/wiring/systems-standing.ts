import { systems } from '../adapters/systems.ts';
import type { SystemView } from '../domain/systems/systems.api.ts';
import type { Log } from '../kernel/log/log.ts';
import type { Settings } from './settings.ts';

/** Every outside system, on or off. */
export const systemsStanding = (settings: Settings): SystemView[] =>
  systems.map(({ name, title, isOptional, needed, capabilities }) => {
    const configured = settings.systems.get(name);
    return {
      name,
      title,
      isOn: configured !== undefined,
      isOptional,
      address: configured?.address ?? null,
      settings: [...needed],
      capabilities: [...capabilities],
    };
  });

/** What is off, a sentence for each capability. */
export const whatIsOff = (standing: readonly SystemView[]): string[] =>
  standing
    .filter(({ isOn }) => !isOn)
    .flatMap(({ capabilities, settings }) =>
      capabilities.map(({ name, without }) => `${name}: off. ${without} To turn it on set ${settings.join(', ')}.`),
    );

/** Writes a line for each capability that is off. */
export function logWhatIsOff(standing: readonly SystemView[], log: Log): void {
  for (const reason of whatIsOff(standing)) log.capabilityOff({ reason });
}
