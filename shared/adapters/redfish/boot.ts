import { AppError } from '../../kernel/errors/app-error.ts';
import { SystemSettings, type ComputerSystem } from './contract.ts';
import { readSystem } from './facts.ts';
import type { Service } from './service.ts';

const networkTargets = ['Pxe', 'UefiHttp'];

/** Arms a network boot for the next start only. Armed already is success. */
export async function bootOnceFromNetwork(service: Service): Promise<void> {
  const system = await readSystem(service);
  const target = await networkTarget(service, system);
  if (system.Boot?.BootSourceOverrideEnabled === 'Once' && system.Boot.BootSourceOverrideTarget === target) return;
  await override(service, system, { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: target });
}

export async function clearBootOverride(service: Service): Promise<void> {
  const system = await readSystem(service);
  if (toOverride(system) === 'none') return;
  await override(service, system, { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' });
}

export const readBootOverride = async (service: Service): Promise<'none' | 'network' | 'other'> =>
  toOverride(await readSystem(service));

function toOverride({ Boot }: ComputerSystem): 'none' | 'network' | 'other' {
  const enabled = Boot?.BootSourceOverrideEnabled ?? 'Disabled';
  const target = Boot?.BootSourceOverrideTarget ?? 'None';
  return enabled === 'Disabled' || target === 'None' ? 'none' : networkTargets.includes(target) ? 'network' : 'other';
}

async function networkTarget(service: Service, { Boot }: ComputerSystem): Promise<string> {
  const { quirks } = await service.places();
  const allowed = Boot?.['BootSourceOverrideTarget@Redfish.AllowableValues'];
  const target = quirks.networkBootTarget ?? (allowed ? networkTargets.find((each) => allowed.includes(each)) : 'Pxe');
  if (target === undefined) {
    throw new AppError({
      code: 'redfish.network-boot-missing',
      kind: 'conflict',
      publicMessage:
        'This management controller cannot boot the server from the network: it allows only ' +
        `${allowed?.join(', ')}. Enable network boot in its BIOS.`,
    });
  }
  return target;
}

/**
 * Most dislike a field that would not change, some demand all three. The mode is left out where the BMC has
 * none (Redfish 1.0), and named where it is not UEFI yet.
 */
async function override(
  service: Service,
  system: ComputerSystem,
  wanted: { BootSourceOverrideEnabled: string; BootSourceOverrideTarget: string },
): Promise<void> {
  const { quirks } = await service.places();
  const present: Record<string, unknown> = system.Boot ?? {};
  const complete = {
    ...wanted,
    ...(system.Boot?.BootSourceOverrideMode !== undefined &&
      wanted.BootSourceOverrideEnabled === 'Once' && { BootSourceOverrideMode: 'UEFI' }),
  };
  const Boot = quirks.bootOverrideNeedsAllFields
    ? { ...complete, BootSourceOverrideMode: 'UEFI' }
    : Object.fromEntries(Object.entries(complete).filter(([name, value]) => present[name] !== value));
  await service.patch(await placeOfOverride(service, system), { Boot });
}

/** On the settings object if that has the property (iDRAC10, Nokia), else on the system itself. */
async function placeOfOverride(service: Service, system: ComputerSystem): Promise<string> {
  const settings = system['@Redfish.Settings']?.SettingsObject;
  const pending = await service.find(settings, SystemSettings);
  return settings && pending?.Boot?.BootSourceOverrideTarget !== undefined
    ? settings['@odata.id']
    : (await service.places()).system;
}
