import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { json, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { basicOf } from '../kit/tokens.ts';
import { accepted, notFound, problem } from './answers.ts';
import { closeStreams } from './events.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import { listing, resource } from './resource.ts';
import { hasFault, type Account, type BmcRecord, type Session } from './state.ts';
import { normal, type Resource } from './tree.ts';

const Login = z.object({ UserName: z.string(), Password: z.string() });
const defaultSessionLimit = 16;
const lockedSeconds = 300;

export interface Caller {
  account: Account;
  /** Undefined for who gives name and password with each request. */
  session?: Session;
}

/**
 * Who asks: by session token, or by name and password, of which some keep a record each time. Sessions that were idle
 * for too long are gone.
 */
export function caller(machine: Machine, request: SimRequest): Caller | undefined {
  const { record, context } = machine;
  const now = context.now();
  const basic = basicOf(request.headers['authorization']);
  if (basic) {
    const account = accountOf(machine, basic);
    if (account)
      note(machine, 'OK', `Successfully logged in using ${account.username}.`, { code: 'USR0030', isAudit: true });
    return account && { account };
  }
  const limit = timeoutSeconds(machine) * 1000;
  if (record.sessions.some((session) => now - session.usedAt > limit))
    record.sessions = record.sessions.filter((session) => now - session.usedAt <= limit);
  const session = record.sessions.find((each) => each.token === request.headers['x-auth-token']);
  if (!session) return undefined;
  session.usedAt = now;
  const account = record.accounts.find((each) => each.username === session.username && each.isEnabled);
  return account && { account, session };
}

function timeoutSeconds({ tree, record, profile }: Machine): number {
  if (profile) return record.settings.sessionTimeout ?? profile.sessionTimeout;
  const timeout = tree.get('/redfish/v1/SessionService')?.['SessionTimeout'];
  return typeof timeout === 'number' ? timeout : 1800;
}

/** The account of that name, if the password is right and it is not locked. */
function accountOf(
  { record, quirks, context }: Machine,
  { name, password }: { name: string; password: string },
): Account | undefined {
  const named = name === '' ? undefined : record.accounts.find((each) => each.isEnabled && each.username === name);
  if (!named || context.now() < (named.lockedUntil ?? 0)) return undefined;
  const isRight = named.password === password;
  named.failures = isRight ? 0 : (named.failures ?? 0) + 1;
  if (quirks.locksAfterFailures && named.failures >= quirks.locksAfterFailures)
    Object.assign(named, { failures: 0, lockedUntil: context.moment(lockedSeconds) });
  return isRight ? named : undefined;
}

/** Whether that is where sessions are: where the root says, or where they were in earlier days. */
export const isSessions = ({ quirks, places, profile }: Machine, path: string): boolean =>
  [places.sessions, quirks.sessionsAt, profile?.sessionsToo].some(
    (each) => each !== undefined && normal(each) === normal(path),
  );
const sessionAt = (machine: Machine, path: string): Session | undefined =>
  isSessions(machine, path.slice(0, path.lastIndexOf('/')))
    ? machine.record.sessions.find(({ id }) => id === path.slice(path.lastIndexOf('/') + 1))
    : undefined;

export function logIn(machine: Machine, at: string, body: unknown): SimAnswer {
  const { record, context, quirks, places } = machine;
  if (quirks.sessionsAt !== undefined && normal(at) !== normal(quirks.sessionsAt))
    return problem(405, 'OperationNotAllowed', 'The HTTP method is not allowed on this resource.');
  const login = Login.safeParse(body);
  const account = login.success
    ? accountOf(machine, { name: login.data.UserName, password: login.data.Password })
    : undefined;
  if (!account)
    return quirks.loginRefusedWith200
      ? json(200, {})
      : problem(
          401,
          'ResourceAtUriUnauthorized',
          'The login was not successful, because the supplied credentials could not be authorized.',
        );
  if (
    hasFault(record, 'session-table-full') ||
    record.sessions.length >= (quirks.sessionLimit ?? defaultSessionLimit)
  ) {
    return problem(
      503,
      'SessionLimitExceeded',
      'The session establishment failed due to the number of simultaneous sessions exceeding the limit of ' +
        'the implementation.',
    );
  }
  const session: Session = {
    id: String(record.nextNumber++),
    token: randomBytes(16).toString('hex'),
    username: account.username,
    createdAt: context.now(),
    usedAt: context.now(),
  };
  record.sessions.push(session);
  note(machine, 'OK', `Successfully logged in using ${account.username}.`, { code: 'USR0030', isAudit: true });
  const path = `${places.sessions}/${session.id}`;
  return json(201, quirks.sessionWithoutBody ? {} : sessionResource(path, session), {
    'x-auth-token': session.token,
    ...(!quirks.sessionWithoutLocation && { location: path }),
  });
}

export function serveSessions(machine: Machine, path: string): SimAnswer | undefined {
  const { record, places } = machine;
  if (isSessions(machine, path))
    return json(
      200,
      listing(
        places.sessions,
        'Session',
        record.sessions.map((each) => `${places.sessions}/${each.id}`),
      ),
    );
  const session = sessionAt(machine, path);
  return session && json(200, sessionResource(path, session));
}

export function logOut(machine: Machine, path: string): SimAnswer | undefined {
  const { record } = machine;
  const session = sessionAt(machine, path);
  if (!session) return isSessions(machine, path.slice(0, path.lastIndexOf('/'))) ? notFound(path) : undefined;
  record.sessions = record.sessions.filter((each) => each !== session);
  closeStreams(record, session.id);
  return accepted();
}

/** A new password, or none any more: whoever came in with the old one is out. */
export const endSessionsOf = (record: BmcRecord, username: string): void => {
  for (const { id } of record.sessions.filter((each) => each.username === username)) closeStreams(record, id);
  record.sessions = record.sessions.filter((each) => each.username !== username);
};

const sessionResource = (path: string, session: Session): Resource =>
  resource(path, 'Session.v1_3_0.Session', {
    Name: 'User Session',
    UserName: session.username,
    CreatedTime: new Date(session.createdAt).toISOString(),
  });
