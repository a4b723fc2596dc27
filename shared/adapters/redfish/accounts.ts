import { AppError } from '../../kernel/errors/app-error.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import type { BmcRole } from '../../ports/bmc.ts';
import { Account, AccountService } from './contract.ts';
import { PasswordChangeRequired } from './errors.ts';
import { roleId, toRole } from './map.ts';
import type { Service } from './service.ts';

export async function listAccounts(
  service: Service,
): Promise<{ username: string; role: BmcRole | 'other'; isEnabled: boolean }[]> {
  const { accounts } = await readAccounts(service);
  return accounts
    .filter((each) => each.UserName)
    .map((each) => ({ username: each.UserName ?? '', role: toRole(each.RoleId), isEnabled: each.Enabled ?? true }));
}

/**
 * Afterwards the account is there, with this password and role. A password cannot be read back: it is set each time.
 * `self`: who is asking, who may have to change his own password before anything else.
 */
export async function ensureAccount(
  service: Service,
  account: { username: string; password: string; role: BmcRole },
  self?: string,
): Promise<void> {
  try {
    await setAccount(service, account);
  } catch (error) {
    if (!(error instanceof PasswordChangeRequired) || error.account === undefined || account.username !== self)
      throw error;
    await service.patch(error.account, { Password: account.password });
  }
}

async function setAccount(
  service: Service,
  account: { username: string; password: string; role: BmcRole },
): Promise<void> {
  const properties = { Password: account.password, RoleId: roleId(account.role), Enabled: true };
  const { accounts, collection } = await readAccounts(service);
  const present = accounts.find((each) => each.UserName === account.username);
  if (present) return service.patch(present['@odata.id'], properties);
  const { quirks } = await service.places();
  if (quirks.accountSlots)
    return service.patch(emptySlot(accounts, quirks.accountSlots), { UserName: account.username, ...properties });
  try {
    await service.post(collection, { UserName: account.username, ...properties });
  } catch (error) {
    // Made by an earlier try whose answer was lost.
    const made = isFailure(error, 'conflict')
      ? (await readAccounts(service)).accounts.find((each) => each.UserName === account.username)
      : undefined;
    if (!made) throw error;
    await service.patch(made['@odata.id'], properties);
  }
}

export async function removeAccount(service: Service, username: string): Promise<void> {
  const { accounts } = await readAccounts(service);
  const present = accounts.find((each) => each.UserName === username);
  if (!present) return;
  const { quirks } = await service.places();
  if (!quirks.accountSlots) return service.remove(present['@odata.id']);
  // An iDRAC takes the name away only from an account that is switched off.
  const { emptyRole } = quirks.accountSlots;
  await service.patch(present['@odata.id'], { Enabled: false, ...(emptyRole && { RoleId: emptyRole }) });
  await service.patch(present['@odata.id'], { UserName: '' });
}

async function readAccounts(service: Service): Promise<{ accounts: Account[]; collection: string }> {
  const { root } = await service.places();
  const accountService = await service.find(root.AccountService, AccountService);
  const accounts = await service.members(accountService?.Accounts, Account);
  if (!accounts || !accountService?.Accounts) {
    throw new AppError({
      code: 'redfish.accounts-missing',
      kind: 'conflict',
      publicMessage:
        'This management controller offers no accounts over Redfish. Update its firmware, or keep its ' +
        'accounts by hand.',
    });
  }
  return { accounts, collection: accountService.Accounts['@odata.id'] };
}

function emptySlot(accounts: Account[], { first, last }: { first: number; last: number }): string {
  const slot = accounts.find((each) => !each.UserName && Number(each.Id) >= first && Number(each.Id) <= last);
  if (!slot)
    throw new AppError({
      code: 'redfish.accounts-full',
      kind: 'conflict',
      publicMessage:
        `All account slots from ${first} to ${last} of this management controller are taken. Remove an ` +
        'account that is no longer used.',
    });
  return slot['@odata.id'];
}
