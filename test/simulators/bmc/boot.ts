import { z } from 'zod';
import type { SimAnswer } from '../kit/simulator.ts';
import { accepted, problem } from './answers.ts';
import type { Machine } from './machine.ts';

const Change = z.object({
  Boot: z
    .object({
      BootSourceOverrideEnabled: z.enum(['Disabled', 'Once', 'Continuous']),
      BootSourceOverrideTarget: z.string(),
      BootSourceOverrideMode: z.string(),
    })
    .partial(),
});

/** PATCH of the boot override, on the system or on its settings object. */
export function changeBoot(machine: Machine, body: unknown, on: 'system' | 'settings'): SimAnswer {
  const { record, quirks } = machine;
  const change = Change.safeParse(body);
  if (!change.success) return problem(400, 'PropertyUnknown', 'Only the boot override can be changed.');
  if ((on === 'settings') !== (quirks.bootOverrideInSettings === true))
    return problem(400, 'PropertyNotWritable', `The boot override cannot be changed on the ${on}.`);
  if (quirks.bootRefusedDuringPost && record.host.stage === 'post')
    return problem(
      400,
      'UnableToModifyDuringSystemPOST',
      'Unable to modify a resource or property during system POST.',
    );
  const {
    BootSourceOverrideEnabled: enabled,
    BootSourceOverrideTarget: target,
    BootSourceOverrideMode: mode,
  } = change.data.Boot;
  if (quirks.bootOverrideNeedsAllFields && (!enabled || !target || !mode))
    return problem(400, 'PropertyMissing', 'BootSourceOverrideEnabled, Target and Mode must be given together.');
  if (quirks.bootRefusesUnchanged && enabled !== undefined && enabled === record.boot.enabled)
    return problem(400, 'PropertyValueError', 'BootSourceOverrideEnabled is what it should be already.');
  const allowed = allowedTargets(machine);
  if (target && allowed && !allowed.includes(target))
    return problem(400, 'PropertyValueNotInList', `The value '${target}' is not in the list of acceptable values.`);
  record.boot = {
    enabled: enabled ?? record.boot.enabled,
    target: target ?? record.boot.target,
    mode: mode ?? record.boot.mode,
  };
  return accepted();
}

/** What `Boot` shows now. */
export const bootResource = ({ record }: Machine) => ({
  BootSourceOverrideEnabled: record.boot.enabled,
  BootSourceOverrideTarget: record.boot.target,
  BootSourceOverrideMode: record.boot.mode,
});

const AllowedTargets = z.object({
  Boot: z.object({ 'BootSourceOverrideTarget@Redfish.AllowableValues': z.array(z.string()) }),
});
const allowedTargets = ({ tree, places }: Machine) =>
  AllowedTargets.safeParse(tree.get(places.system)).data?.Boot['BootSourceOverrideTarget@Redfish.AllowableValues'];
