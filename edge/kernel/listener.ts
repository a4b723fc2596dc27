import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';

export interface Address {
  host: string;
  /** 0 for any free port. */
  port: number;
}

export interface RouteAnswer {
  status: number;
  /** Objects are sent as JSON, strings as plain text. */
  body?: unknown;
}

/** Answers one method and path, given the body's text and what stands in place of a final `*`. */
export type Route = (text: string, rest: string) => RouteAnswer | Promise<RouteAnswer>;
/** By method and path: `POST /lease`, or `POST /events/*` for every path directly below. */
export type Routes = Readonly<Record<string, Route>>;

export interface Listener {
  url: string;
  close(): Promise<void>;
}

/** A full inventory of a large machine is below 200 kB. */
const largestBody = 2_000_000;
const statusOf: Partial<Record<AppError['kind'], number>> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'no-capacity': 503,
  unavailable: 503,
};

/** A route for JSON of this schema. What does not fit is answered 400 with every complaint. */
export const jsonRoute =
  <S extends z.ZodType>(
    schema: S,
    what: string,
    handle: (body: z.infer<S>) => RouteAnswer | Promise<RouteAnswer>,
  ): Route =>
  (text) => {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (cause) {
      throw new AppError({ code: 'edge.not-json', kind: 'invalid', publicMessage: `The ${what} is not JSON.`, cause });
    }
    return handle(parse(schema, body, what));
  };

/** The agent's HTTP server for its own datacenter. Errors are answered as problems (RFC 9457). */
export async function listen(address: Address, routes: Routes): Promise<Listener> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    void answer(request, routes).then((given) => sendAnswer(response, given));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  return {
    url: urlOf({ ...address, ...(typeof bound === 'object' && bound && { port: bound.port }) }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

export const urlOf = ({ host, port }: Address): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

async function answer(request: IncomingMessage, routes: Routes): Promise<RouteAnswer> {
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://agent');
    const [, above = '', rest = ''] = /^(.*\/)([^/]+)$/.exec(pathname) ?? [];
    const route = routes[`${request.method} ${pathname}`] ?? routes[`${request.method} ${above}*`];
    if (!route)
      throw new AppError({
        code: 'edge.unknown-path',
        kind: 'not-found',
        publicMessage: `There is no ${request.method} ${pathname}. There are ${Object.keys(routes).join(', ')}.`,
      });
    return await route(await textOf(request), rest);
  } catch (error) {
    return problemOf(error);
  }
}

export function sendAnswer(response: ServerResponse, { status, body }: RouteAnswer): void {
  const isText = typeof body === 'string';
  const type = isText
    ? 'text/plain; version=0.0.4; charset=utf-8'
    : status >= 400
      ? 'application/problem+json'
      : 'application/json';
  response
    .writeHead(status, body === undefined ? {} : { 'content-type': type })
    .end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

/** The error as a problem (RFC 9457). */
export const problemOf = (error: unknown): RouteAnswer =>
  error instanceof AppError
    ? problem(statusOf[error.kind] ?? 500, error.code, error.publicMessage)
    : problem(500, 'edge.failed', explain(error));

const problem = (status: number, code: string, detail: string): RouteAnswer => ({
  status,
  body: { type: 'about:blank', title: code, status, code, detail },
});

/** The whole body. Throws `edge.too-large`. */
export async function textOf(request: IncomingMessage, largest = largestBody): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest)
      throw new AppError({
        code: 'edge.too-large',
        kind: 'invalid',
        publicMessage: `A body may have ${largest} bytes at most.`,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
