import { AppError } from '../../kernel/errors/app-error.ts';
import { Manager, ServiceRoot } from './contract.ts';
import { allowedTypes } from './power.ts';
import type { Service } from './service.ts';

/**
 * Restarts the controller: gracefully, or by force where that is asked for or all it offers. The host goes on running.
 * Reads nothing but the way there: what else it has may be what hangs.
 */
export async function restartBmc(
  service: Service,
  { isForced = false }: { isForced?: boolean | undefined },
): Promise<void> {
  const [manager] = (await service.links((await service.get('/redfish/v1/', ServiceRoot)).Managers)) ?? [];
  const reset = (await service.find(manager, Manager))?.Actions?.['#Manager.Reset'];
  if (!reset) throw cannot('it offers no reset action');
  const wanted = isForced ? ['ForceRestart', 'GracefulRestart'] : ['GracefulRestart', 'ForceRestart'];
  const allowed = await allowedTypes(service, reset);
  const type = allowed ? wanted.find((each) => allowed.includes(each)) : wanted[0];
  if (type === undefined) throw cannot(`it allows only ${allowed?.join(', ')}`);
  await service.post(reset.target, { ResetType: type });
}

const cannot = (why: string) =>
  new AppError({
    code: 'redfish.restart-missing',
    kind: 'conflict',
    publicMessage:
      `This management controller cannot restart itself: ${why}. Have a technician take its power away for ` +
      'half a minute.',
  });
