import type { PowerState } from '../../facts/server.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import type { PowerAction } from '../../ports/bmc.ts';
import { ActionInfo, type ResetAction } from './contract.ts';
import { readSystem } from './facts.ts';
import { toPower } from './map.ts';
import type { Service } from './service.ts';

/** Reset types (DSP2046 Resource.ResetType) that do what is meant, the best first. */
const resetTypes: Record<PowerAction, readonly string[]> = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
  'graceful-off': ['GracefulShutdown', 'PushPowerButton'],
  restart: ['ForceRestart', 'GracefulRestart', 'PowerCycle'],
  'power-cycle': ['PowerCycle', 'ForceRestart'],
};
const endsIn: Record<PowerAction, PowerState> = {
  on: 'on',
  off: 'off',
  'graceful-off': 'off',
  restart: 'on',
  'power-cycle': 'on',
};

/** The protocol has no idempotency: what it is already is read first. A restart of what is off is a start. */
export async function setPower(service: Service, action: PowerAction): Promise<void> {
  const system = await readSystem(service);
  const present = toPower(system.PowerState);
  const isRestart = action === 'restart' || action === 'power-cycle';
  if (!isRestart && present === endsIn[action]) return;
  const wanted: PowerAction = isRestart && present === 'off' ? 'on' : action;
  const reset = system.Actions?.['#ComputerSystem.Reset'];
  if (!reset) throw cannot(wanted, 'it offers no reset action');
  const { quirks } = await service.places();
  if (isRestart && wanted !== 'on' && quirks.restartByOffSeconds)
    return restartByOff(service, reset, quirks.restartByOffSeconds);
  try {
    await service.post(reset.target, { ResetType: await resetType(service, reset, wanted) });
  } catch (error) {
    // Dell and HPE refuse what is so already. Anything else that is refused for the state may pass later.
    if (!isFailure(error, 'conflict') || isRestart || !(await isNow(service, endsIn[wanted]))) throw error;
  }
}

/** Should this end half-way the host is off, and asking again switches it on. */
async function restartByOff(service: Service, reset: NonNullable<ResetAction>, seconds: number): Promise<void> {
  await service.post(reset.target, { ResetType: await resetType(service, reset, 'off') });
  await service.pause(seconds);
  if (!(await isNow(service, 'off')))
    throw new AppError({
      code: 'redfish.still-on',
      kind: 'unavailable',
      publicMessage: `The server was switched off to restart it and is still on ${seconds} s later. Try again.`,
    });
  await service.post(reset.target, { ResetType: await resetType(service, reset, 'on') });
}

async function resetType(service: Service, reset: NonNullable<ResetAction>, action: PowerAction): Promise<string> {
  const { quirks } = await service.places();
  const wanted = [...(quirks.resetTypes?.[action] ?? []), ...resetTypes[action]];
  const allowed = await allowedTypes(service, reset);
  // One that does not say what it allows is asked for the best and may refuse.
  const type = allowed ? wanted.find((each) => allowed.includes(each)) : wanted[0];
  if (type === undefined) throw cannot(action, `it allows only ${allowed?.join(', ')}`);
  return type;
}

/** Beside the action, or in a resource of their own. */
export const allowedTypes = async (service: Service, reset: NonNullable<ResetAction>): Promise<string[] | undefined> =>
  reset['ResetType@Redfish.AllowableValues'] ??
  (await service.find(reset['@Redfish.ActionInfo'], ActionInfo))?.Parameters?.find((each) => each.Name === 'ResetType')
    ?.AllowableValues;

const isNow = async (service: Service, state: PowerState) => toPower((await readSystem(service)).PowerState) === state;

const cannot = (action: PowerAction, why: string) =>
  new AppError({
    code: 'redfish.power-action-missing',
    kind: 'conflict',
    publicMessage:
      `This management controller cannot do '${action}': ${why}. Use another power action, or have a ` +
      'technician do it.',
  });

export const readPower = async (service: Service): Promise<PowerState> =>
  toPower((await readSystem(service)).PowerState);
