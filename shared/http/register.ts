import { randomUUID } from 'node:crypto';
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { AuditEntry } from '../access/audit.api.ts';
import { insertAuditEntry } from '../access/audit.db.ts';
import type { Authenticator } from '../access/authenticate.ts';
import { Caller } from '../access/caller.ts';
import type { ApiContract } from '../access/contracts.ts';
import { methodOf, pathOf, type ApiAudience } from '../kernel/api/contract.ts';
import { isoTime } from '../kernel/clock.ts';
import { AppError, explain } from '../kernel/errors/app-error.ts';
import { toProblem } from '../kernel/errors/problem.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { createSagas } from '../saga/client.ts';
import type { Deps } from '../saga/deps.ts';
import { durableDoor, durableInput } from '../saga/durable-door.ts';
import { mostBodyBytes, readBody } from './body.ts';
import type { Endpoint } from './http-function.ts';
import { once } from './idempotency.ts';
import { forbidden, toResponse, type Reply } from './reply.ts';

export const sessionCookie = 'rackline_session';
/**
 * Where the front end, Azure's or the host's own, puts the certificate of the client (DER in base64), and lets nobody
 * else put one.
 */
export const clientCertificate = 'x-arr-clientcert';

export interface Edge {
  deps: Deps;
  authenticator: Authenticator;
  metrics: Metrics;
  /** The platform's own origin: a browser's write from any other is refused. */
  publicUrl: string;
}

/** Registers endpoints below /api: trace, caller, idempotency, audit, latency and problem+json are done here, once. */
export function registerHttp(endpoints: readonly Endpoint[], edge: Edge): void {
  for (const endpoint of endpoints)
    app.http(endpoint.contract.name, {
      methods: [methodOf(endpoint.contract)],
      route: `api${pathOf(endpoint.contract)}`,
      authLevel: 'anonymous',
      extraInputs: [durableInput],
      handler: (request, context) => serve(endpoint, request, context, edge),
    });
}

async function serve(
  endpoint: Endpoint,
  request: HttpRequest,
  context: InvocationContext,
  edge: Edge,
): Promise<HttpResponseInit> {
  const { deps, metrics } = edge;
  const { contract } = endpoint;
  const started = performance.now();
  const traceId = traceOf(request);
  let caller: Caller | undefined;
  let actor = 'anonymous';
  let actorId = 'anonymous';
  let status = 500;
  try {
    caller = contract.audience === 'strangers' ? Caller.nobody() : await whoAsks(request, edge);
    ({ id: actorId, name: actor } = caller);
    const reply = await call(endpoint, request, context, caller, edge);
    if (reply.actedAs !== undefined) actor = actorId = reply.actedAs;
    status = reply.status;
    const response = toResponse(reply, request);
    return { ...response, headers: { ...response.headers, 'x-trace-id': traceId } };
  } catch (error) {
    const problem = toProblem(error, traceId);
    status = problem.status;
    if (status >= 500) deps.log.requestFailed({ traceId, route: contract.route, status, error: explain(error), actor });
    const retryAfter = error instanceof AppError ? error.retryAfterSeconds : undefined;
    return {
      status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-trace-id': traceId,
        ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
      },
      body: JSON.stringify(problem),
    };
  } finally {
    const milliseconds = performance.now() - started;
    metrics.requests.observe({ route: contract.route, status: String(status) }, milliseconds / 1000);
    if (request.method !== 'GET') deps.relay.kick();
    if (request.method !== 'GET' && !(contract.isRoutine && status < 400)) {
      await audit(deps, {
        actor,
        actorId,
        tenantId: caller?.tenantId ?? null,
        action: contract.name,
        subject: new URL(request.url).pathname,
        outcome: status,
        traceId,
      });
      deps.log.requestServed({
        traceId,
        route: contract.route,
        status,
        milliseconds: Math.round(milliseconds),
        actor,
      });
    }
  }
}

async function call(
  endpoint: Endpoint,
  request: HttpRequest,
  context: InvocationContext,
  caller: Caller,
  { deps, authenticator }: Edge,
): Promise<Reply> {
  const { contract } = endpoint;
  if (!mayCall(contract, caller)) throw forbidden(caller);
  const text = contract.body ? await readBody(request, mostBodyBytes(contract)) : '';
  const own = { ...deps, db: deps.db.as(caller.identity) };
  const httpDeps = { ...own, authenticator, sagas: createSagas(own, durableDoor(context)) };
  const run = () => endpoint.respond({ request, text, caller }, httpDeps);
  if (request.method !== 'POST') return run();
  const path = new URL(request.url).pathname;
  return once(
    deps.db,
    {
      caller: caller.id,
      key: request.headers.get('idempotency-key'),
      what: `${request.method} ${path}\n${text}`,
      keepsAnswer: contract.keepsAnswer ?? true,
    },
    run,
  );
}

const audienceOf: Readonly<Record<ApiAudience, (caller: Caller) => boolean>> = {
  users: ({ agentId }) => agentId === undefined,
  agents: ({ agentId }) => agentId !== undefined,
  everybody: () => true,
  strangers: () => true,
};
/** Whether this caller may call at all: decided before anything of the request is read. */
export const mayCall = ({ audience, permission }: ApiContract, caller: Caller): boolean =>
  audienceOf[audience](caller) && (permission === null || [permission].flat().some((action) => caller.may(action)));

/**
 * The bearer token's owner, else the client certificate's, else the session's. Throws `unauthenticated` when there is
 * none.
 */
export async function whoAsks(
  request: HttpRequest,
  { authenticator, publicUrl }: Pick<Edge, 'authenticator' | 'publicUrl'>,
): Promise<Caller> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token) return authenticator.fromToken(token);
  const certificate = request.headers.get(clientCertificate);
  if (certificate !== null) return authenticator.fromCertificate(Buffer.from(certificate, 'base64'));
  const cookie = cookieOf(request, sessionCookie);
  const caller = cookie && (await authenticator.fromSession(cookie));
  if (!caller)
    throw new AppError({
      code: 'auth.needed',
      kind: 'unauthenticated',
      publicMessage: 'Sign in, or send a bearer token.',
    });
  refuseForeignWrites(request, publicUrl);
  return caller;
}

/** A session rides along with any request a browser makes: writes are taken from our own pages only. */
function refuseForeignWrites(request: HttpRequest, publicUrl: string): void {
  if (request.method === 'GET') return;
  const origin = request.headers.get('origin');
  const own = [new URL(publicUrl).origin, new URL(request.url).origin];
  if (origin !== null && own.includes(origin)) return;
  throw new AppError({
    code: 'auth.foreign-origin',
    kind: 'forbidden',
    publicMessage: 'This request does not come from a page of this portal.',
  });
}

export function cookieOf(request: HttpRequest, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return pairs.find(([key]) => key === name)?.[1];
}

/**
 * Where the caller calls from, as the front end saw it: it writes last, behind what the caller himself may have
 * written.
 */
export function addressOf(request: HttpRequest): string {
  const last = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown';
  return last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');
}

/** The W3C trace id of the caller, or a new one. */
function traceOf(request: HttpRequest): string {
  const [, trace] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(request.headers.get('traceparent') ?? '') ?? [];
  return trace ?? randomUUID().replaceAll('-', '');
}

/** A request is answered whether or not its entry could be written; the log says so where it could not. */
async function audit({ db, clock, log }: Deps, entry: Omit<AuditEntry, 'position' | 'at'>): Promise<void> {
  await insertAuditEntry(db, { at: isoTime(clock.now()), ...entry }).catch((error: unknown) =>
    log.requestFailed({ traceId: entry.traceId, error: `the audit entry could not be written: ${explain(error)}` }),
  );
}
