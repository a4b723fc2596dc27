import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { app } from '@azure/functions';
import { fetch } from 'undici';
import { steps } from '../../../activities/index.ts';
import { registerSignIn } from '../../../functions/access/sign-in.http.ts';
import { endpoints } from '../../../functions/areas.ts';
import { registerBackground } from '../../../functions/background.ts';
import { registerHealth } from '../../../functions/platform/health.http.ts';
import { registerOpenApi } from '../../../functions/platform/openapi.http.ts';
import { registerPortal } from '../../../functions/platform/portal.http.ts';
import { registerStream } from '../../../functions/platform/stream.http.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import { sagas } from '../../../orchestrations/index.ts';
import { createAuthenticator } from '../../../shared/access/authenticate.ts';
import { ensureDatacenter } from '../../../shared/domain/datacenters/datacenters.db.ts';
import { AgentIdentity, EnrolmentCode } from '../../../shared/domain/edge/agents.api.ts';
import { ensureTenant } from '../../../shared/domain/tenants/tenants.db.ts';
import { createFeed } from '../../../shared/events/feed.ts';
import { createRelay, type Relay } from '../../../shared/events/relay.ts';
import { registerHttp } from '../../../shared/http/register.ts';
import { makeKey, makeRequest } from '../../../shared/kernel/certificate-request.ts';
import type { TimeLimits } from '../../../shared/kernel/database/connections.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { silentLog } from '../../../shared/kernel/log/log.ts';
import type { Deps } from '../../../shared/saga/deps.ts';
import { registerSagas } from '../../../shared/saga/register.ts';
import { readSettings } from '../../../shared/wiring/settings.ts';
import { buildDeps } from '../../../shared/wiring/wiring.ts';
import { createTestDatabase, patient } from '../../kit/database.ts';
import { companySimulators, settingsFor } from '../../simulators/index.ts';
import { company } from '../../simulators/kit/company.ts';
import { Lab } from '../../simulators/kit/lab.ts';
import { takeToken } from '../../simulators/oidc/oidc.ts';
import { aHost, type TestHost } from '../../unit/runtime/host-kit.ts';
import { aTlsFolder, callingAs, type LetIn } from './agents.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined where there is none. */
  body: Record<string, unknown>;
}
export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
}

/** The platform's functions in a host on a port of its own, before a database and the simulated company. */
export interface Api {
  readonly url: string;
  readonly db: Database;
  readonly deps: Deps;
  readonly host: TestHost;
  readonly issuer: string;
  readonly relay: Relay;
  readonly lab: Lab;
  /** Where the host listens over TLS, and whom its callers have to trust (PEM). */
  readonly tls: { url: string; authorities: string };
  /** A datacenter's agent, let in when it is first asked for. */
  agent(datacenter: string): Promise<LetIn>;
  /** `as('ops@rackline.example')('GET /v1/orders')`; `edgeAgent(…)` comes with its certificate; nobody: no token. */
  as(signIn: string | null): (request: `${'GET' | 'POST' | 'PUT'} /${string}`, ask?: Ask) => Promise<Answer>;
  token(signIn: string): Promise<string>;
  close(): Promise<void>;
}

export const edgeAgent = (datacenter: string): string => `edge:${datacenter}`;

/** `reach` changes the way to the database; `limits` is how long it is waited for. */
export async function anApi(
  env: Record<string, string> = {},
  {
    reach = async (url) => url,
    limits = patient,
  }: { reach?: (url: string) => Promise<string>; limits?: TimeLimits } = {},
): Promise<Api> {
  const database = await createTestDatabase();
  const databaseUrl = await reach(database.url);
  const db = connect({ url: databaseUrl, limits });
  for (const tenant of company.tenants) await ensureTenant(db, tenant);
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);
  const lab = new Lab({ simulators: companySimulators });
  await lab.listen();

  const port = String(await freePort());
  const settings = readSettings({
    ...settingsFor(lab),
    DATABASE_URL: databaseUrl,
    LAB: 'off',
    PORT: port,
    DATABASE_CONNECT_SECONDS: String(limits.connectMilliseconds / 1000),
    DATABASE_ANSWER_SECONDS: String(limits.answerMilliseconds / 1000),
  });
  const { deps, identity, close } = await buildDeps(settings, { db, log: silentLog });
  const publicUrl = `http://127.0.0.1:${port}`;
  const { issuer } = identity;
  const frame = {
    deps,
    metrics: deps.metrics,
    publicUrl,
    authenticator: createAuthenticator({ ...identity, db, clock: deps.clock }),
  };
  const feed = createFeed(db, deps.notices, () => {});
  const pages = portalFolder();
  const tls = await aTlsFolder(`${lab.url}/vault`);
  const host = await aHost(
    () => {
      app.setup({ enableHttpStream: true });
      registerSagas(sagas, steps, deps);
      registerHttp(endpoints, frame);
      registerBackground(deps);
      registerHealth(deps);
      registerStream(frame, feed);
      registerOpenApi(publicUrl);
      registerSignIn(frame, { ...identity, publicUrl });
      registerPortal(pages);
    },
    {
      env: { PORT: port, AzureWebJobsStorage: 'embedded', ...tls.env, ...env },
      hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    },
  );

  const tokens = new Map<string, Promise<string>>();
  const token = (signIn: string) => {
    const known = tokens.get(signIn) ?? takeToken(issuer, signIn);
    tokens.set(signIn, known);
    return known;
  };
  const agents = new Map<string, Promise<LetIn>>();
  const tlsUrl = host.tlsOrigin ?? '';
  const letIn = async (datacenter: string): Promise<LetIn> => {
    const { code } = EnrolmentCode.parse(
      (await api.as('ops@rackline.example')('POST /v1/edge/enrolments', { body: { datacenter } })).body,
    );
    const key = makeKey();
    const identity = AgentIdentity.parse(
      (await api.as(null)('POST /v1/edge/enrol', { body: { code, csr: makeRequest(key), version: '0.0.0-test' } }))
        .body,
    );
    return { ...identity, key, over: callingAs(tls.authorities, { ...identity, key }) };
  };

  const api: Api = {
    url: publicUrl,
    db,
    deps,
    host,
    issuer,
    token,
    lab,
    tls: { url: tlsUrl, authorities: tls.authorities },
    relay: createRelay(db, { publish: async () => {} }, (error) => {
      throw error;
    }),
    agent: (datacenter) => {
      const known = agents.get(datacenter) ?? letIn(datacenter);
      agents.set(datacenter, known);
      return known;
    },
    as:
      (signIn) =>
      async (request, { body, headers = {} } = {}) => {
        const [method, address] = request.split(' ') as [string, string];
        const agent = signIn?.startsWith('edge:') ? await api.agent(signIn.slice(5)) : undefined;
        const answer = await fetch(
          `${agent ? tlsUrl : publicUrl}${address.startsWith('/v1/') ? '/api' : ''}${address}`,
          {
            method,
            redirect: 'manual',
            ...(agent && { dispatcher: agent.over }),
            headers: {
              ...(signIn !== null && !agent && { authorization: `Bearer ${await token(signIn)}` }),
              ...(body !== undefined && { 'content-type': 'application/json' }),
              ...headers,
            },
            ...(body !== undefined && {
              body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
            }),
          },
        );
        const text = await answer.text();
        return {
          status: answer.status,
          headers: answer.headers,
          text,
          body: (/json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : {}) as Record<
            string,
            unknown
          >,
        };
      },
    close: async () => {
      for (const agent of agents.values()) await (await agent).over.destroy();
      feed.close();
      await host.stop();
      await close();
      await lab.close();
      await database.drop();
      rmSync(pages, { recursive: true });
      tls.remove();
    },
  };
  return api;
}

function portalFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-pages-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<title>Rackline</title>');
  writeFileSync(path.join(folder, 'assets/app-1a2b.js'), 'start()');
  return folder;
}
