import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { AuditEntry } from '../access/audit.api.ts';
import { insertAuditEntry } from '../access/audit.db.ts';
import type { Authenticator } from '../access/authenticate.ts';
import { Caller } from '../access/caller.ts';
import type { ApiContract } from '../access/contracts.ts';
import { methodOf, pathOf, type ApiAudience } from '../kernel/api/contract.ts';
import { isoTime } from '../kernel/clock.ts';
import { explain } from '../kernel/errors/app-error.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { createSagas } from '../saga/client.ts';
import type { Deps } from '../saga/deps.ts';
import { engineClient, durableInput } from '../saga/engine-client.ts';
import { mostBodyBytes, readBody } from './body.ts';
import type { Endpoint } from './http-function.ts';
import { once } from './idempotency.ts';
import { forbidden, toProblemResponse, toResponse, type Reply } from './reply.ts';
import { traceOf } from './trace.ts';
import { whoAsks } from './who-asks.ts';

export interface HttpFrame {
  deps: Deps;
  authenticator: Authenticator;
  metrics: Metrics;
  /** The platform's own origin: a browser's write from any other is refused. */
  publicUrl: string;
}

/** Registers endpoints below /api: trace, caller, idempotency, audit, latency and problem+json are done here, once. */
export function registerHttp(endpoints: readonly Endpoint[], frame: HttpFrame): void {
  for (const endpoint of endpoints)
    app.http(endpoint.contract.name, {
      methods: [methodOf(endpoint.contract)],
      route: `api${pathOf(endpoint.contract)}`,
      authLevel: 'anonymous',
      extraInputs: [durableInput],
      handler: (request, context) => serve(endpoint, request, context, frame),
    });
}

async function serve(
  endpoint: Endpoint,
  request: HttpRequest,
  context: InvocationContext,
  frame: HttpFrame,
): Promise<HttpResponseInit> {
  const { deps, metrics } = frame;
  const { contract } = endpoint;
  const started = performance.now();
  const traceId = traceOf(request);
  let caller: Caller | undefined;
  let actor = 'anonymous';
  let actorId = 'anonymous';
  let status = 500;
  try {
    caller = contract.audience === 'anonymous' ? Caller.nobody() : await whoAsks(request, frame);
    ({ id: actorId, name: actor } = caller);
    const reply = await call(endpoint, request, context, caller, frame);
    if (reply.actedAs !== undefined) actor = actorId = reply.actedAs;
    status = reply.status;
    const response = toResponse(reply, request);
    return { ...response, headers: { ...response.headers, 'x-trace-id': traceId } };
  } catch (error) {
    const response = toProblemResponse(error, traceId);
    status = response.status;
    if (status >= 500) deps.log.requestFailed({ traceId, route: contract.route, status, error: explain(error), actor });
    return response;
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
  { deps, authenticator }: HttpFrame,
): Promise<Reply> {
  const { contract } = endpoint;
  if (!mayCall(contract, caller)) throw forbidden(caller);
  const text = contract.body ? await readBody(request, mostBodyBytes(contract)) : '';
  const own = { ...deps, db: deps.db.as(caller.identity) };
  const httpDeps = { ...own, authenticator, sagas: createSagas(own, engineClient(context)) };
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
  anonymous: () => true,
};
/** Whether this caller may call at all: decided before anything of the request is read. */
export const mayCall = ({ audience, permission }: ApiContract, caller: Caller): boolean =>
  audienceOf[audience](caller) && (permission === null || [permission].flat().some((action) => caller.may(action)));

/** A request is answered whether or not its entry could be written; the log says so where it could not. */
async function audit({ db, clock, log }: Deps, entry: Omit<AuditEntry, 'position' | 'at'>): Promise<void> {
  await insertAuditEntry(db, { at: isoTime(clock.now()), ...entry }).catch((error: unknown) =>
    log.requestFailed({ traceId: entry.traceId, error: `the audit entry could not be written: ${explain(error)}` }),
  );
}
