import { FunctionsCore } from './core/functions-core.ts';
import { installFunctionsCore } from './core/install.ts';
import { loadApp, startApp, terminateApp } from './core/load.ts';
import { functionLog, type HostLog } from './core/log.ts';
import type { HostSettings } from './core/settings.ts';
import { systemTime, type Time } from './core/time.ts';
import type { DurableApp, DurableEngine } from './durable/contract/engine.ts';
import { createDurableApp } from './durable/durable-app.ts';
import { createBindings } from './triggers/bindings.ts';
import { createCall } from './triggers/call.ts';
import type { EventBus } from './triggers/event/event-store.ts';
import { deriveKeys, type HostKeys } from './triggers/http/keys.ts';
import { loadWithProxy } from './triggers/http/library-proxy.ts';
import { HttpListener } from './triggers/http/listener.ts';
import { createManagement } from './triggers/http/management.ts';
import { Streaming } from './triggers/http/streaming.ts';
import { planTriggers } from './triggers/plan.ts';
import { createPostgresStores } from './triggers/postgres/stores.ts';
import type { QueueStore } from './triggers/queue/queue-store.ts';
import { createMemoryStores, type Stores } from './triggers/stores.ts';
import { createWorkers } from './triggers/workers.ts';

export interface HostOptions {
  /** The module that registers the app's functions, or a function that does. */
  app: string | (() => void | Promise<void>);
  settings: HostSettings;
  createEngine(app: DurableApp): DurableEngine;
  log: HostLog;
  /** Default: one made here; the database of the settings, or memory where they name none; the machine's clock. */
  core?: FunctionsCore;
  stores?: Stores;
  time?: Time;
}

export interface Host {
  /** Where users reach the host: `http://127.0.0.1:7071`. */
  readonly origin: string;
  /** The same over TLS, on the address it listens on; undefined without a certificate. */
  readonly tlsOrigin: string | undefined;
  readonly engine: DurableEngine;
  readonly keys: HostKeys;
  readonly bus: EventBus;
  readonly queues: QueueStore;
  /** Takes nothing new, lets what is under way finish within the grace of the settings, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Runs an app's functions in this process. Nothing is started before everything was found to be in order: throws
 * a StartError that names every complaint about functions and bindings.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const opened: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= closeAll(opened, options.log));
  try {
    return { ...(await open(options, opened)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In reverse order of opening. One that will not close must not keep the others open. */
async function closeAll(opened: readonly (() => Promise<void>)[], log: HostLog): Promise<void> {
  for (const close of opened.toReversed())
    await close().catch((error: unknown) => log.error({ err: error }, 'a part of the host did not stop properly'));
}

async function open(
  {
    app,
    settings,
    createEngine,
    log,
    core = new FunctionsCore({ log: functionLog(log) }),
    time = systemTime,
    ...given
  }: HostOptions,
  opened: (() => Promise<void>)[],
): Promise<Omit<Host, 'stop'>> {
  const proxy = await loadWithProxy(core, () => load(core, app));
  opened.push(() => terminateApp(core));
  const plan = planTriggers(core, settings);

  const stores = given.stores ?? openStores(settings, time, log);
  opened.push(() => stores.stop());
  await stores.start();
  const keys = deriveKeys(settings.rootKey ?? (await stores.rootKey()));

  const bindings = createBindings(core, settings, {
    queues: stores.queues,
    durableClient: () => management.clientPayload(),
  });
  const call = createCall(core, bindings, log);
  const engine = createEngine(createDurableApp(core, { extraInputs: bindings.inputsOf }));
  const management = createManagement({ client: engine.client, keys, taskHub: settings.durable.hubName, log });
  opened.push(() => management.stop());
  await management.start();

  const listener = new HttpListener({
    ...settings.http,
    routes: plan.routes,
    keys,
    call,
    log,
    streaming: proxy && new Streaming(core, proxy),
    webhooks: management.webhooks,
  });
  const workers = createWorkers(plan, { settings, stores, call, time, log });
  opened.push(() => engine.stop());
  opened.push(
    async () =>
      void (await Promise.all([
        listener.stop(settings.graceMilliseconds),
        within(settings.graceMilliseconds, workers.stop()),
      ])),
  );
  const { port, tlsPort } = await listener.listen();
  const origin = settings.http.publicOrigin ?? originOf('http', settings.http.host, port);
  management.setOrigin(origin);
  tellTheDurableClient(origin);
  await engine.start();
  await workers.start();
  listener.open();
  return {
    origin,
    tlsOrigin: tlsPort === undefined ? undefined : originOf('https', settings.http.host, tlsPort),
    engine,
    keys,
    bus: stores.events,
    queues: stores.queues,
  };
}

async function load(core: FunctionsCore, app: HostOptions['app']): Promise<void> {
  if (typeof app === 'string') return loadApp(core, app);
  installFunctionsCore(core);
  await app();
  await startApp(core, process.cwd());
}

const openStores = ({ database, replica }: HostSettings, time: Time, log: HostLog): Stores =>
  database ? createPostgresStores({ ...database, replica, time, log }) : createMemoryStores(time, log);

/** An address others can be given: a wildcard is none. */
function originOf(scheme: 'http' | 'https', host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The client of `durable-functions` reads the environment: without these it would call port 7071, or a proxy. */
function tellTheDurableClient(origin: string): void {
  process.env['WEBSITE_HOSTNAME'] = new URL(origin).host;
  if (process.env['HTTP_PROXY'] ?? process.env['http_proxy']) {
    const exempt = process.env['NO_PROXY'] ?? process.env['no_proxy'] ?? '';
    process.env['NO_PROXY'] = [...exempt.split(',').filter(Boolean), '127.0.0.1', 'localhost'].join(',');
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
