import { z } from 'zod';
import { json, type SimAnswer } from '../kit/simulator.ts';
import { endSessionsOf } from './access.ts';
import { accepted, notFound, problem } from './answers.ts';
import type { Machine } from './machine.ts';
import { listing, resource } from './resource.ts';
import type { Account } from './state.ts';
import { normal, type Resource } from './tree.ts';

const Change = z
  .object({ UserName: z.string(), Password: z.string(), RoleId: z.string(), Enabled: z.boolean() })
  .partial();
const New = Change.required({ UserName: true, Password: true });

export function serveAccounts(machine: Machine, path: string): SimAnswer | undefined {
  const base = machine.places.accounts;
  if (!base) return undefined;
  if (normal(path) === normal(base))
    return json(
      200,
      listing(
        base,
        'ManagerAccount',
        machine.record.accounts.map((each) => `${base}/${each.id}`),
      ),
    );
  const account = accountAt(machine, path);
  return account && json(200, accountResource(`${base}/${account.id}`, account));
}

export function createAccount(machine: Machine, body: unknown): SimAnswer {
  const { record, quirks, places } = machine;
  if (quirks.accountSlots)
    return problem(405, 'OperationNotAllowed', 'Accounts are fixed slots here: change an empty one.');
  const wanted = New.safeParse(body);
  if (!wanted.success)
    return problem(
      400,
      'CreateFailedMissingReqProperties',
      'The create operation failed because UserName or Password is missing.',
    );
  const refusal = unfit(machine, wanted.data, undefined);
  if (refusal) return refusal;
  const account: Account = {
    id: String(record.nextNumber++),
    username: wanted.data.UserName,
    password: wanted.data.Password,
    role: wanted.data.RoleId ?? 'ReadOnly',
    isEnabled: wanted.data.Enabled ?? true,
  };
  record.accounts.push(account);
  created(machine, account.username);
  return json(201, accountResource(`${places.accounts}/${account.id}`, account), {
    location: `${places.accounts}/${account.id}`,
  });
}

export function changeAccount(machine: Machine, path: string, body: unknown): SimAnswer | undefined {
  const { record, quirks } = machine;
  const account = accountAt(machine, path);
  if (!account) return undefined;
  const change = Change.safeParse(body);
  if (!change.success) return problem(400, 'PropertyValueTypeError', 'A property is of the wrong type.');
  if (quirks.accountSlots && account.id === '1') return problem(403, 'InsufficientPrivilege', 'This slot is reserved.');
  const refusal = unfit(machine, change.data, account);
  if (refusal) return refusal;
  const before = account.username;
  if (change.data.UserName === '' && account.isEnabled && change.data.Enabled !== false)
    return problem(400, 'PropertyValueNotInList', 'An account that is switched on must have a name.');
  account.username = change.data.UserName ?? account.username;
  if (change.data.Password !== undefined)
    Object.assign(account, { password: change.data.Password, mustChangePassword: false, failures: 0 });
  account.role = change.data.RoleId ?? account.role;
  account.isEnabled = change.data.Enabled ?? account.isEnabled;
  if (change.data.Password !== undefined || !account.isEnabled || account.username !== before)
    endSessionsOf(record, before);
  if (!before && account.username) created(machine, account.username);
  if (before && !account.username) record.removals[before] = (record.removals[before] ?? 0) + 1;
  return accepted();
}

export function deleteAccount(machine: Machine, path: string): SimAnswer | undefined {
  const { record, quirks, places } = machine;
  const account = accountAt(machine, path);
  if (!account)
    return places.accounts && normal(path).startsWith(`${normal(places.accounts)}/`) ? notFound(path) : undefined;
  if (quirks.accountSlots) return problem(405, 'OperationNotAllowed', 'Slots cannot be deleted.');
  record.accounts = record.accounts.filter((each) => each !== account);
  record.removals[account.username] = (record.removals[account.username] ?? 0) + 1;
  endSessionsOf(record, account.username);
  return accepted();
}

/** The same name created again counts anew only after it has been removed. */
const created = ({ context, serial, record }: Machine, username: string) =>
  context.effect('account', `${serial}/${username}@${record.removals[username] ?? 0}`);

function unfit(
  { record, tree }: Machine,
  wanted: z.infer<typeof Change>,
  account: Account | undefined,
): SimAnswer | undefined {
  if (wanted.UserName && record.accounts.some((each) => each !== account && each.username === wanted.UserName))
    return problem(400, 'ResourceAlreadyExists', `An account named '${wanted.UserName}' already exists.`);
  const limits = tree.get('/redfish/v1/AccountService') ?? {};
  const [min, max] = [Number(limits['MinPasswordLength'] ?? 0), Number(limits['MaxPasswordLength'] ?? 127)];
  if (wanted.Password !== undefined && (wanted.Password.length < min || wanted.Password.length > max))
    return problem(400, 'PropertyValueFormatError', `The password must have ${min} to ${max} characters.`);
  return undefined;
}

const accountAt = ({ record, places }: Machine, path: string) =>
  record.accounts.find((each) => places.accounts && normal(path) === normal(`${places.accounts}/${each.id}`));

const accountResource = (path: string, account: Account): Resource =>
  resource(path, 'ManagerAccount.v1_8_0.ManagerAccount', {
    Name: 'User Account',
    UserName: account.username,
    Password: null,
    RoleId: account.role,
    Enabled: account.isEnabled,
    Locked: false,
    AccountTypes: ['Redfish', 'WebUI'],
    ...(account.role !== 'None' && {
      Links: { Role: { '@odata.id': `/redfish/v1/AccountService/Roles/${account.role}` } },
    }),
  });
