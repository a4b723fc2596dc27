// What a machine boots, from the state of its asset and from nothing else.
import type { State } from '../../shared/lifecycle/states.ts';
import type { Architecture } from '../dhcp/architecture.ts';
import { diskScript, holdScript, type Image, type ScriptSettings } from './scripts.ts';

/**
 * `image`: our validation image, which collects facts and takes work. `disk`: what its tenant installed.
 * `hold`: nothing; the machine waits in its firmware and asks again.
 */
export type BootChoice = 'image' | 'disk' | 'hold';

export const bootChoices = {
  // not here yet, or not ours to start: it may only wait
  ORDERED: 'hold',
  QUOTE_REQUESTED: 'hold',
  QUOTE_RECEIVED: 'hold',
  PURCHASE_APPROVED: 'hold',
  SHIPMENT_TRACKING: 'hold',
  RECEIVED: 'hold',
  RACKED: 'hold',
  // until its BMC has been heard nobody may say that this is the machine
  CABLED: 'hold',
  POWERED_ON: 'image',
  DISCOVERED: 'image',
  // between two steps of the platform; the image takes the next order at once
  PHYSICAL_VALIDATED: 'image',
  // the BMC writes firmware, and restarts the host for it: nothing else may run meanwhile
  FIRMWARE_UPDATING: 'hold',
  // burn-in runs in the image
  HARDENED: 'image',
  STAGED: 'image',
  // the vendor tool has its profile in place and restarts it as it likes
  PROVISIONED_TO_VENDOR_TOOL: 'hold',
  READY: 'hold',
  // a tenant's from here on: we start nothing of ours on it
  ASSIGNED_TO_TENANT: 'disk',
  IN_SERVICE: 'disk',
  MAINTENANCE: 'disk',
  DECOMMISSION_PROPOSED: 'disk',
  // erasing runs in the image
  SANITIZING: 'image',
  // unplugged any moment, and its drives are blank or to be destroyed
  DECOMMISSIONING: 'hold',
  // gone; should it ask, the books are wrong and a person has to look
  DECOMMISSIONED: 'hold',
  CANCELLED: 'hold',
  RETURNED_TO_VENDOR: 'hold',
} as const satisfies Record<State, BootChoice>;

/**
 * The answer to one question; of the image only which, for its script needs a token of its own. `because` is said to
 * people, on the machine's screen and in the server's history.
 */
export type BootDecision =
  | { choice: 'image'; reason: string; image: Image }
  | { choice: 'disk' | 'hold'; reason: string; script: string };

/**
 * `state` is undefined for a machine nobody expects, `architecture` where the firmware does not say what it can run:
 * both wait. So does one whose architecture we have no image for.
 */
export function bootFor(
  state: State | undefined,
  architecture: Architecture | undefined,
  settings: ScriptSettings,
): BootDecision {
  if (state === undefined) return hold('this machine is not known here. A technician is told', settings);
  const choice = bootChoices[state];
  const reason = `the server is ${state}`;
  if (choice === 'hold') return hold(reason, settings);
  if (architecture === undefined) return hold('this firmware does not say what it can run', settings);
  if (choice === 'disk') return { choice, reason, script: diskScript(reason, architecture) };
  const image = settings.images[architecture];
  return image === undefined
    ? hold(`there is no validation image for ${architecture}`, settings)
    : { choice, reason, image };
}

/** A machine that has to wait: for its state to change, or for its turn. */
export const hold = (
  reason: string,
  settings: ScriptSettings,
  seconds?: number,
): BootDecision & { choice: 'disk' | 'hold' } => ({
  choice: 'hold',
  reason,
  script: holdScript(reason, settings, seconds),
});
