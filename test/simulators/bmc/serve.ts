import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { empty, json, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { caller, logIn, logOut, serveSessions } from './access.ts';
import { changeAccount, createAccount, deleteAccount, serveAccounts } from './accounts.ts';
import { notFound, problem } from './answers.ts';
import { changeBoot } from './boot.ts';
import { restartBmc } from './controller.ts';
import { secureErase } from './erase.ts';
import { simpleUpdate } from './firmware.ts';
import { resetHost } from './host.ts';
import { live } from './live.ts';
import type { Machine } from './machine.ts';
import { hasFault, type Account } from './state.ts';
import { serveTasks } from './tasks.ts';
import { linkOf, member, normal, type Resource } from './tree.ts';

/** One request to one BMC. `path` is what its client asked for. */
export async function serve(machine: Machine, request: SimRequest, path: string): Promise<SimAnswer> {
  const { record, places } = machine;
  const slow = hasFault(record, 'slow');
  if (slow) await delay(slow.milliseconds);
  if (record.bmc !== 'up') return problem(503, 'ServiceTemporarilyUnavailable', 'The service is starting.', { 'retry-after': '1' });
  if (request.method === 'GET' && ['/redfish', '/redfish/v1'].includes(normal(path))) return json(200, normal(path) === '/redfish' ? { v1: '/redfish/v1/' } : read(machine, path));
  if (request.method === 'POST' && normal(path) === normal(places.sessions)) return logIn(machine, request.body);
  const account = caller(machine, request);
  if (!account) return problem(401, 'NoValidSession', 'There is no valid session established with the implementation.');
  return answerTo(machine, request, path, account);
}

async function answerTo(machine: Machine, request: SimRequest, path: string, account: Account): Promise<SimAnswer> {
  if (request.method === 'GET' || request.method === 'HEAD') return get(machine, request, path);
  if (!mayChange(account, path, machine)) return problem(403, 'InsufficientPrivilege', 'There are insufficient privileges for the account or credentials associated with the current session to perform the requested operation.');
  if (request.method === 'POST') return post(machine, request, path);
  if (request.method === 'PATCH') return patch(machine, request, path);
  if (request.method === 'DELETE') return logOut(machine, path) ?? deleteAccount(machine, path) ?? notFound(path);
  return problem(405, 'OperationNotAllowed', `${request.method} is not allowed here.`);
}

/** An operator runs the host; accounts, firmware and drives are the administrator's. Everyone may end a session. */
function mayChange(account: Account, path: string, { places }: Machine): boolean {
  if (account.role === 'Administrator' || normal(path).startsWith(`${normal(places.sessions)}/`)) return true;
  return account.role === 'Operator' && normal(path).startsWith(normal(places.system)) && !/secureerase/i.test(path);
}

function get(machine: Machine, request: SimRequest, path: string): SimAnswer {
  const made = serveSessions(machine, path) ?? serveAccounts(machine, path) ?? serveTasks(machine, path);
  if (made && made.status !== 200) return made;
  const found = made ? (made.body as Resource) : read(machine, path);
  if (!found) return notFound(path);
  const whole = request.query.has('$expand') ? expanded(machine, found) : found;
  return json(200, whole, { etag: etagOf(machine, found) });
}

const read = (machine: Machine, path: string): Resource | undefined => {
  const found = machine.tree.get(path);
  return found && live(machine, path, found);
};

/** Members in full where the root offers that; some leave out what clients need. */
function expanded(machine: Machine, found: Resource): Resource {
  const offers = member(member(read(machine, '/redfish/v1'), 'ProtocolFeaturesSupported'), 'ExpandQuery');
  if (member(offers, 'NoLinks') !== true || !Array.isArray(found['Members'])) return found;
  const Members = found['Members'].map((each: unknown) => {
    const path = linkOf(each) ?? '';
    const made = serveAccounts(machine, path) ?? serveTasks(machine, path);
    const whole = made ? (made.body as Resource) : read(machine, path);
    return whole && machine.quirks.expandDropsFields ? { '@odata.id': whole['@odata.id'], 'Id': whole['Id'], 'Name': whole['Name'] } : (whole ?? each);
  });
  return { ...found, Members };
}

function etagOf({ quirks }: Machine, resource: Resource): string {
  const digest = createHash('sha1').update(JSON.stringify(resource)).digest('hex').slice(0, 8);
  return quirks.etag === 'required' || quirks.etag === 'strong-only' ? `W/"${digest}"` : `"${digest}"`;
}

async function post(machine: Machine, request: SimRequest, path: string): Promise<SimAnswer> {
  const { places } = machine;
  const at = normal(path);
  if (places.accounts && at === normal(places.accounts)) return createAccount(machine, request.body);
  if (at === normal(`${places.system}/Actions/ComputerSystem.Reset`)) return resetHost(machine, String(member(request.body, 'ResetType') ?? ''));
  if (at === normal(`${places.manager}/Actions/Manager.Reset`)) {
    await restartBmc(machine);
    return empty(204);
  }
  if (at.endsWith('/actions/updateservice.simpleupdate') && machine.tree.get(places.updateService ?? '')) return simpleUpdate(machine, path, request.body);
  if (at.endsWith('/actions/drive.secureerase')) {
    const drive = machine.tree.get(path.slice(0, path.toLowerCase().indexOf('/actions/')))?.['SerialNumber'];
    return typeof drive === 'string' ? secureErase(machine, path, drive.trim(), request.body) : notFound(path);
  }
  return problem(404, 'ActionNotSupported', `The action at '${path}' is not supported.`);
}

function patch(machine: Machine, request: SimRequest, path: string): SimAnswer {
  const { places, quirks } = machine;
  const current = get(machine, { ...request, method: 'GET', query: new URLSearchParams() }, path);
  if (current.status !== 200) return current;
  const match = request.headers['if-match'];
  const etag = current.headers?.['etag'] ?? '';
  const strong = etag.replace(/^W\//, '');
  if (quirks.etag === 'required' && match === undefined) return problem(428, 'PreconditionRequired', 'A precondition header is required to change this resource.');
  const isWrong = match !== undefined && (quirks.etag === 'refused' || ![quirks.etag === 'strong-only' ? strong : etag, strong].includes(match));
  if (isWrong) return problem(412, 'PreconditionFailed', 'The ETag supplied did not match the ETag required to change this resource.');
  if (normal(path) === normal(places.system)) return changeBoot(machine, request.body, 'system');
  if (places.settings && normal(path) === normal(places.settings)) return changeBoot(machine, request.body, 'settings');
  return changeAccount(machine, path, request.body) ?? problem(405, 'OperationNotAllowed', 'This resource cannot be changed.');
}
