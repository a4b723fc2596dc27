import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { json, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { accepted, notFound, problem } from './answers.ts';
import type { Machine } from './machine.ts';
import { listing, resource } from './resource.ts';
import { hasFault, type Account, type BmcRecord, type Session } from './state.ts';
import { normal, type Resource } from './tree.ts';

const Login = z.object({ UserName: z.string(), Password: z.string() });
const defaultSessionLimit = 16;

/** Who asks, by session token. Sessions that were idle for too long are gone. */
export function caller(machine: Machine, request: SimRequest): Account | undefined {
  const { record, context } = machine;
  const now = context.now();
  record.sessions = record.sessions.filter((session) => now - session.usedAt <= timeoutSeconds(machine) * 1000);
  const session = record.sessions.find((each) => each.token === request.headers['x-auth-token']);
  if (!session) return undefined;
  session.usedAt = now;
  return record.accounts.find((each) => each.username === session.username && each.isEnabled);
}

function timeoutSeconds({ tree }: Machine): number {
  const timeout = tree.get('/redfish/v1/SessionService')?.['SessionTimeout'];
  return typeof timeout === 'number' ? timeout : 1800;
}

export function logIn(machine: Machine, body: unknown): SimAnswer {
  const { record, context, quirks, places } = machine;
  const login = Login.safeParse(body);
  const account = login.success && login.data.UserName !== '' ? record.accounts.find((each) => each.isEnabled && each.username === login.data.UserName && each.password === login.data.Password) : undefined;
  if (!account) return quirks.loginRefusedWith200 ? json(200, {}) : problem(401, 'ResourceAtUriUnauthorized', 'The login was not successful, because the supplied credentials could not be authorized.');
  if (hasFault(record, 'session-table-full') || record.sessions.length >= (quirks.sessionLimit ?? defaultSessionLimit)) {
    return problem(503, 'SessionLimitExceeded', 'The session establishment failed due to the number of simultaneous sessions exceeding the limit of the implementation.');
  }
  const session: Session = { id: String(record.nextNumber++), token: randomBytes(16).toString('hex'), username: account.username, createdAt: context.now(), usedAt: context.now() };
  record.sessions.push(session);
  const path = `${places.sessions}/${session.id}`;
  return json(201, sessionResource(path, session), { 'x-auth-token': session.token, ...(!quirks.sessionWithoutLocation && { location: path }) });
}

export function serveSessions(machine: Machine, path: string): SimAnswer | undefined {
  const { record, places } = machine;
  if (normal(path) === normal(places.sessions)) return json(200, listing(places.sessions, 'Session', record.sessions.map((each) => `${places.sessions}/${each.id}`)));
  const session = record.sessions.find((each) => normal(path) === normal(`${places.sessions}/${each.id}`));
  return session && json(200, sessionResource(path, session));
}

export function logOut({ record, places }: Machine, path: string): SimAnswer | undefined {
  const session = record.sessions.find((each) => normal(path) === normal(`${places.sessions}/${each.id}`));
  if (!session) return normal(path).startsWith(`${normal(places.sessions)}/`) ? notFound(path) : undefined;
  record.sessions = record.sessions.filter((each) => each !== session);
  return accepted();
}

/** A new password, or none any more: whoever came in with the old one is out. */
export const endSessionsOf = (record: BmcRecord, username: string): void => {
  record.sessions = record.sessions.filter((each) => each.username !== username);
};

const sessionResource = (path: string, session: Session): Resource =>
  resource(path, 'Session.v1_3_0.Session', { Name: 'User Session', UserName: session.username, CreatedTime: new Date(session.createdAt).toISOString() });
