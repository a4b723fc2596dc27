import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { HostLog } from '../../core/log.ts';
import type { CallFunction } from '../call.ts';
import type { PlannedHttp } from '../plan.ts';
import { BodyTooLarge, discardRest, hasBody, readBody } from './body.ts';
import { speakAsFrontEnd } from './front-end.ts';
import type { HostKeys } from './keys.ts';
import { flatHeaders, requestData, traceOf } from './request.ts';
import { sendResponse } from './response.ts';
import type { Match, Router } from './router.ts';
import { isEventStream } from './streamed-body.ts';
import type { Streaming } from './streaming.ts';
import { readTarget, type Target } from './target.ts';
import { createTlsServer, type TlsFiles } from './tls-server.ts';

export interface HttpListenerOptions {
  host: string;
  port: number;
  /** The second listener, on the same host; undefined: none. */
  tls: (TlsFiles & { port: number }) | undefined;
  maxBodyBytes: number;
  publicOrigin: string | undefined;
  routes: Router<PlannedHttp>;
  keys: HostKeys;
  call: CallFunction;
  /** Undefined where the app does not stream. */
  streaming: Streaming | undefined;
  /** Answers what lies below `/runtime/webhooks/`; whether the caller may is its own business. */
  webhooks(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void>;
  log: HostLog;
}

/** Longer than the idle time of common load balancers: otherwise they may send into a connection being closed. */
const serverOptions = { keepAliveTimeout: 65_000 };

/** Serves the app's HTTP functions, in the clear and, where it has a certificate, over TLS. */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #plain: Server;
  readonly #tls: { server: TlsServer; stopWatching: () => void } | undefined;
  readonly #inFlight = new Set<ServerResponse>();
  #isOpen = false;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    const serve = (req: IncomingMessage, res: ServerResponse) => void this.#serve(req, res);
    this.#plain = createServer(serverOptions, serve);
    this.#tls = options.tls && createTlsServer(options.tls, serverOptions, options.log, serve);
  }

  /** Takes the ports; until `open`, requests are told to come back. Answers their numbers. */
  async listen(): Promise<{ port: number; tlsPort: number | undefined }> {
    const { host, port, tls } = this.#options;
    return {
      port: await listenOn(this.#plain, host, port),
      tlsPort: this.#tls && tls && (await listenOn(this.#tls.server, host, tls.port)),
    };
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Accepts no more, lets what is under way finish, and cuts off what has not by then. */
  async stop(graceMilliseconds: number): Promise<void> {
    this.#isOpen = false;
    this.#tls?.stopWatching();
    const closed = Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
    for (const res of this.#inFlight) if (isEventStream(res)) res.destroy(); // endless by nature; its client comes back
    const timer = setTimeout(() => this.#servers.forEach((server) => server.closeAllConnections()), graceMilliseconds);
    await closed;
    clearTimeout(timer);
  }

  get #servers(): (Server | TlsServer)[] {
    return [this.#plain, ...(this.#tls ? [this.#tls.server] : [])];
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.#inFlight.add(res);
    res.once('close', () => {
      this.#inFlight.delete(res);
      // kept alive, it would keep us from stopping
      if (!this.#isOpen) setImmediate(() => this.#servers.forEach((server) => server.closeIdleConnections()));
    });
    // Before Node's own listener, which would read on without end.
    if (hasBody(req)) res.prependOnceListener('finish', () => discardRest(req));
    res.on('error', (error) => this.#options.log.debug({ err: error }, 'an answer could not be sent'));
    try {
      await this.#answer(req, res);
    } catch (error) {
      this.#fail(res, error);
    }
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { routes, keys, publicOrigin, webhooks } = this.#options;
    if (!this.#isOpen) return void res.writeHead(503, { 'retry-after': '1', connection: 'close' }).end();
    const target = readTarget(req, publicOrigin);
    if (!target) return void res.writeHead(400, { connection: 'close' }).end();
    speakAsFrontEnd(req);
    if (target.path.startsWith('/runtime/webhooks/')) return webhooks(req, res, target);
    const match = routes.match(req.method ?? 'GET', target.path);
    if (!match) return void res.writeHead(404).end(); // also where only the method is wrong
    const { fn, authLevel } = match.value;
    if (authLevel !== 'anonymous' && !keys.mayCall(offeredKey(req, target), fn.name, authLevel))
      return void res.writeHead(401).end();
    return this.#options.streaming
      ? this.#stream(this.#options.streaming, match, req, res, target)
      : this.#exchange(match, req, res, target);
  }

  /** The whole request in, the whole answer out. */
  async #exchange(
    { value: { fn, trigger }, params }: Match<PlannedHttp>,
    req: IncomingMessage,
    res: ServerResponse,
    target: Target,
  ): Promise<void> {
    const { call, maxBodyBytes } = this.#options;
    const body = hasBody(req) ? await readBody(req, maxBodyBytes) : undefined;
    const { returnValue } = await call(fn, {
      name: trigger,
      data: requestData(req, target, params, body),
      traceContext: traceOf(req.headers),
    });
    sendResponse(res, returnValue?.http);
  }

  /** Through the library's proxy: the function sees the body as it comes, the client sees the answer as it is made. */
  async #stream(
    streaming: Streaming,
    { value: { fn, trigger }, params }: Match<PlannedHttp>,
    req: IncomingMessage,
    res: ServerResponse,
    target: Target,
  ): Promise<void> {
    const invocationId = randomUUID();
    const triggerMetadata = {
      ...Object.fromEntries(Object.entries(params).map(([name, string]) => [name, { string }])),
      Headers: { json: JSON.stringify(flatHeaders(req.headers)) },
    };
    const traceContext = traceOf(req.headers);
    try {
      streaming.begin(invocationId, req, res, target, this.#options.maxBodyBytes);
      await this.#options.call(fn, { invocationId, name: trigger, data: { http: {} }, triggerMetadata, traceContext });
    } finally {
      const { error, isBrokenOff } = streaming.end(invocationId);
      if (isBrokenOff) this.#options.log.debug({ functionName: fn.name }, 'a client broke off its request');
      else if (error !== undefined)
        this.#options.log.error(
          { err: error, functionName: fn.name, isClientGone: res.destroyed },
          'a function failed',
        );
    }
  }

  /** The function's own errors are logged where it was called. */
  #fail(res: ServerResponse, error: unknown): void {
    if (res.headersSent) return void res.destroy(); // half an answer must not look like a whole one
    res.writeHead(error instanceof BodyTooLarge ? 413 : 500).end();
  }
}

function listenOn(server: Server | TlsServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** From the header, or from the query as webhook senders put it. */
export const offeredKey = (req: IncomingMessage, target: Target): string | undefined =>
  req.headers['x-functions-key']?.toString() ?? new URLSearchParams(target.query).get('code') ?? undefined;
