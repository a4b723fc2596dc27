// The HTTP server of booting machines: scripts (GET /boot.ipxe), files (GET /files/<name>), and reports of booted
// images (/report/<token>/…).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MacAddress } from '../../shared/facts/server.ts';
import { systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import type { State } from '../../shared/lifecycle/states.ts';
import { architectureOfIpxe, loaders, type Architecture } from '../dhcp/architecture.ts';
import type { ReportCall } from '../image-jobs/report-intake.ts';
import { problemOf, sendAnswer, textOf, type RouteAnswer } from '../kernel/listener.ts';
import { bootFor, hold, type BootChoice, type BootDecision } from './boot-for.ts';
import { Pace, type PaceStatus } from './pace.ts';
import { firstScript, imageScript, type ScriptSettings } from './scripts.ts';
import { sendFile } from './send-file.ts';

/** A boot request, as the machine describes itself. */
export interface BootRequest {
  mac: string;
  address: string;
  architecture: Architecture | undefined;
  serial: string | undefined;
  uuid: string | undefined;
  manufacturer: string | undefined;
  product: string | undefined;
}

export interface BootAnswer {
  /** `queue`: it waits for a free slot. */
  choice: BootChoice | 'queue';
  reason: string;
}

export interface BootServerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** The folder of the image's files, without subfolders. */
  filesDirectory: string;
  /** The folder of iPXE loaders for firmware that speaks HTTP; undefined: none are served. */
  loadersDirectory?: string | undefined;
  images: ScriptSettings['images'];
  /** The address as machines reach it; by default where it listens. */
  baseUrl?: string | undefined;
  waitSeconds?: number;
  /**
   * The state of the server this MAC belongs to; undefined for an unknown device. Where it throws, the machine waits.
   */
  stateOf: (mac: string) => State | undefined | Promise<State | undefined>;
  /** Issues a token for one boot of this machine, which is about to get the image. */
  tokenFor: (mac: string) => string;
  /** Answers a call of a booted image under its token. An AppError becomes a problem. */
  onReport: (call: ReportCall) => Promise<RouteAnswer>;
  /** Called with every answer to a machine. */
  onBoot?: (request: BootRequest, answer: BootAnswer) => void;
  onFault: (reason: string) => void;
  /** How many machines may fetch an image at once. */
  transfers?: number;
  clock?: Clock;
}

export interface BootServer {
  /** The address at which it listens. */
  readonly url: string;
  /** As machines reach it. */
  readonly baseUrl: string;
  pace(): PaceStatus;
  close(): Promise<void>;
}

/** The outputs of a large machine have two or three megabytes. */
const largestReport = 16_000_000;
/** Longer than iPXE ever pauses between two packets; a transfer that stalls longer loses its slot. */
const stalledAfterMilliseconds = 30_000;

export async function startBootServer(options: BootServerOptions): Promise<BootServer> {
  const { onFault, clock = systemClock } = options;
  const server = createServer({ requestTimeout: stalledAfterMilliseconds }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      onFault(`${request.method} ${request.url} was not answered: ${explain(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.setTimeout(stalledAfterMilliseconds);
  const url = await listen(server, options.host, options.port);
  const scriptSettings: ScriptSettings = {
    baseUrl: options.baseUrl ?? url,
    images: options.images,
    waitSeconds: options.waitSeconds ?? 15,
  };
  const pace = new Pace({ slots: options.transfers ?? 32, clock });
  const [kernels, initrds] = [new Set<string>(), new Set<string>()];
  for (const { kernel, initrd } of Object.values(options.images)) {
    kernels.add(kernel);
    initrds.add(initrd);
  }

  const loaderNames = new Set(Object.values(loaders));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://boot');
    const [, token, path] = /^\/report\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    if (token !== undefined && path !== undefined)
      return sendAnswer(
        response,
        await reported({
          method: request.method ?? 'GET',
          token,
          path,
          mac: searchParams.get('mac') ?? undefined,
          text: () => textOf(request, largestReport),
        }),
      );
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead) return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    if (pathname === '/boot.ipxe')
      return sendScript(response, await scriptFor(searchParams, request.socket.remoteAddress ?? ''));
    const [, name] = /^\/files\/([^/]+)$/.exec(pathname) ?? [];
    if (name === undefined) return void response.writeHead(404).end();
    await sendPaced(name, searchParams.get('mac') ?? request.socket.remoteAddress ?? '', request, response);
  }

  /** An invalid report is the fault of its machine; only other errors are faults of the agent. */
  async function reported(call: ReportCall): Promise<RouteAnswer> {
    try {
      return await options.onReport(call);
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'forbidden', 'not-found'].includes(error.kind))
        onFault(`${call.method} …/${call.path} was not accepted: ${explain(error)}`);
      return problemOf(error);
    }
  }

  async function scriptFor(query: URLSearchParams, address: string): Promise<string> {
    if (!query.has('mac')) return firstScript(scriptSettings);
    const about = bootRequest(query, address);
    if (about === undefined) return hold('this machine does not say who it is', scriptSettings).script;
    const decision = await decide(about);
    const turn = decision.choice === 'image' ? pace.ask(about.mac) : { isNow: true as const };
    options.onBoot?.(about, { choice: turn.isNow ? decision.choice : 'queue', reason: decision.reason });
    if (!turn.isNow) return hold('many machines are booting', scriptSettings, turn.waitSeconds).script;
    return decision.choice === 'image'
      ? imageScript(
          decision.reason,
          decision.image,
          `${scriptSettings.baseUrl}/report/${options.tokenFor(about.mac)}/inventory`,
          scriptSettings,
        )
      : decision.script;
  }

  async function decide({ mac, architecture }: BootRequest): Promise<BootDecision> {
    try {
      return bootFor(await options.stateOf(mac), architecture, scriptSettings);
    } catch (error) {
      onFault(`the state of ${mac} could not be determined: ${explain(error)}`);
      return hold('its state is not known at the moment', scriptSettings);
    }
  }

  /** Only images are paced: firmware that is refused a loader gives up network boot instead of waiting. */
  async function sendPaced(
    name: string,
    machine: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const isPaced = request.method === 'GET' && (kernels.has(name) || initrds.has(name));
    const directory = loaderNames.has(name) ? options.loadersDirectory : options.filesDirectory;
    if (directory === undefined) return void response.writeHead(404).end();
    if (!isPaced) return void (await sendFile(directory, name, request, response));
    const mac = MacAddress.safeParse(machine).data ?? machine;
    if (!pace.begin(mac)) return void response.writeHead(503, { 'retry-after': '5' }).end();
    let isWhole = false;
    try {
      isWhole = await sendFile(directory, name, request, response);
    } finally {
      pace.end(mac, isWhole && initrds.has(name));
    }
  }

  return {
    url,
    baseUrl: scriptSettings.baseUrl,
    pace: () => pace.status(),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function sendScript(response: ServerResponse, script: string): void {
  response
    .writeHead(200, {
      'content-type': 'text/plain; charset=us-ascii',
      'content-length': Buffer.byteLength(script),
      'cache-control': 'no-store',
    })
    .end(script);
}

function bootRequest(query: URLSearchParams, address: string): BootRequest | undefined {
  const mac = MacAddress.safeParse(query.get('mac'));
  if (!mac.success) return undefined;
  const said = (name: string) => query.get(name)?.trim().slice(0, 200) || undefined;
  return {
    mac: mac.data,
    address,
    architecture: architectureOfIpxe(said('platform'), said('buildarch')),
    serial: said('serial'),
    uuid: said('uuid'),
    manufacturer: said('manufacturer'),
    product: said('product'),
  };
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError({
      code: 'boot.cannot-listen',
      kind: 'unavailable',
      publicMessage: `The boot server cannot listen on ${host}:${port}. Choose another port, or end what holds it.`,
      cause,
    });
  }
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}
