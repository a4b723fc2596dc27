import { setTimeout as delay } from 'node:timers/promises';
import { empty, json, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { caller, isSessions, logIn, logOut, serveSessions, type Caller } from './access.ts';
import { changeAccount, createAccount, deleteAccount, serveAccounts } from './accounts.ts';
import { notFound, problem } from './answers.ts';
import { changeBoot } from './boot.ts';
import { restartBmc } from './controller.ts';
import { secureErase } from './erase.ts';
import { openStream, serveSubscriptions, subscribe, unsubscribe } from './events.ts';
import { simpleUpdate } from './firmware.ts';
import { resetHost } from './host.ts';
import { live } from './live.ts';
import { clearLogAt, note, serveLogs } from './log.ts';
import type { Machine } from './machine.ts';
import { changeSettings, resetBios } from './settings.ts';
import { hasFault } from './state.ts';
import { serveTasks } from './tasks.ts';
import { linkOf, member, normal, type Resource } from './tree.ts';
import { etagOf, isRightMatch, isTooSoon, sent, slashed } from './wire.ts';

/** One request to one BMC. `path` is what its client asked for. */
export async function serve(machine: Machine, request: SimRequest, path: string): Promise<SimAnswer> {
  const { record, quirks } = machine;
  const slow = hasFault(record, 'slow');
  if (slow) await delay(slow.milliseconds);
  if (quirks.resetsUsedConnections && request.isOnUsedConnection) return { status: 500, isReset: true };
  return sent(machine, request, slashed(machine, path) ?? (await answerTo(machine, request, path)));
}

async function answerTo(machine: Machine, request: SimRequest, path: string): Promise<SimAnswer> {
  const { record, places } = machine;
  if (record.bmc !== 'up')
    return problem(503, 'ServiceTemporarilyUnavailable', 'The service is starting.', { 'retry-after': '1' });
  if (isReading(request) && ['/redfish', '/redfish/v1'].includes(normal(path)))
    return json(200, normal(path) === '/redfish' ? { v1: '/redfish/v1/' } : read(machine, path));
  if (request.method === 'POST' && isSessions(machine, path)) return logIn(machine, path, request.body);
  const asking = caller(machine, request);
  if (!asking) return problem(401, 'NoValidSession', 'There is no valid session established with the implementation.');
  if (isTooSoon(machine)) return problem(503, 'SYS518', 'iDRAC is not ready. Retry the operation after a few minutes.');
  const isSession = isSessions(machine, path.slice(0, path.lastIndexOf('/')));
  if (hasFault(record, 'hung') && !normal(path).startsWith('/redfish/v1/managers') && !isSession)
    return problem(500, 'InternalError', 'The request failed due to an internal service error.');
  if (asking.account.mustChangePassword && !mayAlways(machine, request, path, asking)) {
    return problem(
      403,
      'PasswordChangeRequired',
      'The password provided for this account must be changed before access is granted.',
      {},
      [`${places.accounts}/${asking.account.id}`],
    );
  }
  return isReading(request) ? get(machine, request, path, asking) : change(machine, request, path, asking);
}

const isReading = ({ method }: SimRequest) => method === 'GET' || method === 'HEAD';

/** Whose password has to be changed first may change it, and leave. */
const mayAlways = (machine: Machine, { method }: SimRequest, path: string, { account }: Caller): boolean =>
  (method !== 'POST' && normal(path) === normal(`${machine.places.accounts}/${account.id}`)) ||
  (method === 'DELETE' && isSessions(machine, path.slice(0, path.lastIndexOf('/'))));

async function change(machine: Machine, request: SimRequest, path: string, { account }: Caller): Promise<SimAnswer> {
  if (!mayChange(machine, path, account.role))
    return problem(
      403,
      'InsufficientPrivilege',
      'There are insufficient privileges for the account or credentials associated with the current ' +
        'session to perform the requested operation.',
    );
  if (request.method === 'POST') return post(machine, request, path);
  if (request.method === 'PATCH') return patch(machine, request, path);
  if (request.method === 'DELETE')
    return logOut(machine, path) ?? deleteAccount(machine, path) ?? unsubscribe(machine, path) ?? notFound(path);
  return problem(405, 'OperationNotAllowed', `${request.method} is not allowed here.`);
}

/** An operator runs the host; accounts, firmware and drives are the administrator's. Everyone may end a session. */
function mayChange(machine: Machine, path: string, role: string): boolean {
  if (role === 'Administrator' || isSessions(machine, path.slice(0, path.lastIndexOf('/')))) return true;
  return role === 'Operator' && normal(path).startsWith(normal(machine.places.system)) && !/secureerase/i.test(path);
}

function get(machine: Machine, request: SimRequest, path: string, { session }: Caller): SimAnswer {
  const { places } = machine;
  if (places.stream && normal(path) === normal(places.stream) && session) return openStream(machine, session);
  const made =
    serveSessions(machine, path) ??
    serveAccounts(machine, path) ??
    serveTasks(machine, path) ??
    serveSubscriptions(machine, path) ??
    serveLogs(machine, request, path);
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
    const made = serveAccounts(machine, path) ?? serveTasks(machine, path) ?? serveSubscriptions(machine, path);
    const whole = made ? (made.body as Resource) : read(machine, path);
    return whole && machine.quirks.expandDropsFields
      ? { '@odata.id': whole['@odata.id'], Id: whole['Id'], Name: whole['Name'] }
      : (whole ?? each);
  });
  return { ...found, Members };
}

async function post(machine: Machine, request: SimRequest, path: string): Promise<SimAnswer> {
  const { places, quirks } = machine;
  const at = normal(path);
  if (quirks.actionsRefuseIfMatch && request.headers['if-match'] !== undefined)
    return problem(
      412,
      'PreconditionFailed',
      'The ETag supplied did not match the ETag required to change this resource.',
    );
  if (places.accounts && at === normal(places.accounts)) return createAccount(machine, request.body);
  if (places.subscriptions && at === normal(places.subscriptions)) return subscribe(machine, request.body);
  if (at === normal(`${places.system}/Actions/ComputerSystem.Reset`))
    return resetHost(machine, String(member(request.body, 'ResetType') ?? ''));
  if (at === normal(`${places.manager}/Actions/Manager.Reset`))
    return resetManager(machine, String(member(request.body, 'ResetType') ?? ''));
  if (at.endsWith('/actions/eventservice.submittestevent')) {
    note(machine, 'OK', 'This is a test event.');
    return empty(204);
  }
  if (at.endsWith('/actions/updateservice.simpleupdate') && machine.tree.get(places.updateService ?? ''))
    return simpleUpdate(machine, path, request.body);
  if (at.endsWith('/actions/drive.secureerase')) {
    const drive = machine.tree.get(path.slice(0, path.toLowerCase().indexOf('/actions/')))?.['SerialNumber'];
    return typeof drive === 'string' ? secureErase(machine, path, drive.trim(), request.body) : notFound(path);
  }
  return (
    clearLogAt(machine, path) ??
    resetBios(machine, path) ??
    problem(404, 'ActionNotSupported', `The action at '${path}' is not supported.`)
  );
}

async function resetManager(machine: Machine, type: string): Promise<SimAnswer> {
  const offered = machine.profile?.managerResets;
  if (offered && !offered.includes(type))
    return problem(
      400,
      'ActionParameterNotSupported',
      `The reset type '${type}' is not supported: ${offered.join(', ')} are.`,
    );
  await restartBmc(machine);
  return empty(204);
}

function patch(machine: Machine, request: SimRequest, path: string): SimAnswer {
  const { places, quirks } = machine;
  const made = serveAccounts(machine, path);
  const found = made?.status === 200 ? (made.body as Resource) : read(machine, path);
  if (!found) return made ?? notFound(path);
  const match = request.headers['if-match'];
  const isBios = /\/bios\//i.test(path); // iLO wants no ETag there
  if (quirks.etag === 'required' && match === undefined && !isBios)
    return problem(428, 'PreconditionRequired', 'A precondition header is required to change this resource.');
  if (match !== undefined && !isRightMatch(machine, found, match))
    return problem(
      412,
      'PreconditionFailed',
      'The ETag supplied did not match the ETag required to change this resource.',
    );
  if (normal(path) === normal(places.system)) return changeBoot(machine, request.body, 'system');
  if (places.settings && normal(path) === normal(places.settings)) return changeBoot(machine, request.body, 'settings');
  return (
    changeSettings(machine, path, request.body) ??
    changeAccount(machine, path, request.body) ??
    problem(405, 'OperationNotAllowed', 'This resource cannot be changed.')
  );
}
