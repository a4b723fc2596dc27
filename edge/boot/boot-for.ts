// What a machine boots, decided by the state of its asset alone.
import type { State } from '../../shared/lifecycle/states.ts';
import type { Architecture } from '../dhcp/architecture.ts';
import { diskScript, holdScript, type Image, type ScriptSettings } from './scripts.ts';

/**
 * `image`: our validation image, which measures the machine and does jobs. `disk`: what its tenant installed. `hold`:
 * nothing; the machine waits in its firmware and asks again.
 */
export type BootChoice = 'image' | 'disk' | 'hold';

export const bootChoices = {
  // not in the datacenter yet, or not ours to start: it only waits
  ORDERED: 'hold',
  QUOTE_REQUESTED: 'hold',
  QUOTE_RECEIVED: 'hold',
  PURCHASE_APPROVED: 'hold',
  SHIPMENT_TRACKING: 'hold',
  RECEIVED: 'hold',
  RACKED: 'hold',
  // until its BMC was seen, nothing proves that this is the machine
  CABLED: 'hold',
  POWERED_ON: 'image',
  DISCOVERED: 'image',
  // between two steps of the platform; the image does the next job at once
  PHYSICAL_VALIDATED: 'image',
  // the BMC writes firmware and restarts the host for it: nothing else may run meanwhile
  FIRMWARE_UPDATING: 'hold',
  // burn-in runs in the image
  HARDENED: 'image',
  STAGED: 'image',
  // the vendor tool applies its profile and restarts the machine as it likes
  PROVISIONED_TO_VENDOR_TOOL: 'hold',
  READY: 'hold',
  // a tenant's from here on: nothing of ours is started on it
  ASSIGNED_TO_TENANT: 'disk',
  IN_SERVICE: 'disk',
  MAINTENANCE: 'disk',
  DECOMMISSION_PROPOSED: 'disk',
  // erasing runs in the image
  SANITIZING: 'image',
  // may be unplugged at any moment; its drives are blank or will be destroyed
  DECOMMISSIONING: 'hold',
  // gone; if it asks all the same, the records are wrong and a person has to look
  DECOMMISSIONED: 'hold',
  CANCELLED: 'hold',
  RETURNED_TO_VENDOR: 'hold',
} as const satisfies Record<State, BootChoice>;

/**
 * The decision for one boot request. An image's script needs a token and is made later. People read `reason` on the
 * machine's screen and in the server's history.
 */
export type BootDecision =
  | { choice: 'image'; reason: string; image: Image }
  | { choice: 'disk' | 'hold'; reason: string; script: string };

/**
 * `state` is undefined for an unknown device, `architecture` where the firmware does not say what it can run: both
 * wait. So does a machine whose architecture has no image.
 */
export function bootFor(
  state: State | undefined,
  architecture: Architecture | undefined,
  settings: ScriptSettings,
): BootDecision {
  if (state === undefined) return hold('this machine is not known here. A technician is sent to identify it', settings);
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

/** The decision to wait: for another state, or for a free slot. */
export const hold = (
  reason: string,
  settings: ScriptSettings,
  seconds?: number,
): BootDecision & { choice: 'disk' | 'hold' } => ({
  choice: 'hold',
  reason,
  script: holdScript(reason, settings, seconds),
});
