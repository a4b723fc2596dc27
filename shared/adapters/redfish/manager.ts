import { AppError } from '../../errors/app-error.ts';
import { Collection, Link, Manager, ServiceRoot } from './contract.ts';
import type { Service } from './service.ts';

/**
 * Restarts the controller: gracefully, or by force where that is asked for or all it offers. Reads nothing but the way
 * there: what else it has may be what hangs.
 */
export async function restartBmc(service: Service, { isForced = false }: { isForced?: boolean | undefined }): Promise<void> {
  const managers = await service.find((await service.get('/redfish/v1/', ServiceRoot)).Managers, Collection);
  const reset = (await service.find(Link.safeParse(managers?.Members?.[0]).data, Manager))?.Actions?.['#Manager.Reset'];
  if (!reset) throw new AppError({ code: 'redfish.restart-missing', kind: 'conflict', publicMessage: 'This management controller cannot restart itself: it offers no reset action. Have a technician take its power away for half a minute.' });
  const wanted = isForced ? ['ForceRestart', 'GracefulRestart'] : ['GracefulRestart', 'ForceRestart'];
  const allowed = reset['ResetType@Redfish.AllowableValues'];
  await service.post(reset.target, { ResetType: allowed ? (wanted.find((each) => allowed.includes(each)) ?? wanted[0]) : wanted[0] });
}
