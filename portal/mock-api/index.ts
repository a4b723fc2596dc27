import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../shared/access/caller.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';
import { toProblem } from '../../shared/kernel/errors/problem.ts';
import type { AnyEndpoint } from './endpoints/endpoint.ts';
import { operations } from './endpoints/operations.ts';
import { procurement } from './endpoints/procurement.ts';
import { receiving } from './endpoints/receiving.ts';
import { failIfAsked, sentinelIn } from './failures.ts';
import { callerNamed, people } from './people.ts';
import { createPlatform, type MockPlatform } from './platform.ts';
import { seed } from './seed.ts';
import { Teller } from './stories/teller.ts';
import { stream } from './stream.ts';

export interface MockApi {
  platform: MockPlatform;
  /** Connect-style: passes on what is not the API's. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Refuses every request from now on, as a platform that is down, until it is called with false. */
  setDown(isDown: boolean): void;
}

const endpoints: readonly AnyEndpoint[] = [...procurement, ...receiving, ...operations];
const cookieName = 'rackline_mock';

/** @param stepMilliseconds how long an unattended step of a story takes to the eye */
export function createMockApi({ stepMilliseconds = 700 }: { stepMilliseconds?: number } = {}): MockApi {
  const platform = createPlatform();
  const seeded = seed(platform, stepMilliseconds);
  const answers = new Map<string, { status: number; body: unknown }>();
  const streams = new Set<ServerResponse>();
  let isDown = false;

  async function serve(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/auth/')) return next();
    if (isDown) return void request.socket.destroy();
    await seeded;
    if (url.pathname === '/auth/login') return signIn(url, response);
    if (url.pathname === '/auth/logout')
      return void response
        .writeHead(200, { 'content-type': 'application/json', 'set-cookie': `${cookieName}=; Path=/; Max-Age=0` })
        .end(JSON.stringify({ location: '/' }));
    const traceId = randomUUID().replaceAll('-', '');
    try {
      const caller = callerOf(request);
      if (url.pathname === '/api/v1/stream') {
        streams.add(response);
        response.on('close', () => streams.delete(response));
        return stream(platform, caller, response, request.headers['last-event-id']?.toString());
      }
      const { status, body, sentinel } = await answer(request, url, caller);
      if (sentinel === 'lost') return lose(request, response);
      send(response, status, 'application/json', body);
    } catch (error) {
      const problem = toProblem(error, traceId);
      send(response, problem.status, 'application/problem+json', problem);
    }
  }

  async function answer(
    request: IncomingMessage,
    url: URL,
    caller: Caller,
  ): Promise<{ status: number; body: unknown; sentinel: string | undefined }> {
    const text = await textOf(request);
    const key = request.headers['idempotency-key']?.toString();
    const kept = key && answers.get(`${caller.name} ${key}`);
    if (kept) return { ...kept, sentinel: undefined };
    const sentinel = sentinelIn(`${decodeURIComponent(url.pathname + url.search)} ${text}`);
    await failIfAsked(sentinel);
    const { endpoint, id } = find(request.method ?? 'GET', url.pathname);
    const needs = endpoint.needs === null ? [] : [endpoint.needs].flat();
    if (needs.length > 0 && !needs.some((action) => caller.may(action)))
      throw new AppError({
        code: 'auth.forbidden',
        kind: 'forbidden',
        publicMessage: `Your roles (${caller.roles.join(', ') || 'none'}) do not allow this.`,
      });
    const query = (endpoint.query ? parse(endpoint.query, Object.fromEntries(url.searchParams), 'query') : {}) as never;
    const body = (endpoint.body ? parse(endpoint.body, JSON.parse(text || '{}'), 'request body') : undefined) as never;
    const reply = endpoint.answer.parse(
      endpoint.handle({ platform, caller, id, query, body, teller: () => new Teller(platform, { stepMilliseconds }) }),
    );
    const result = { status: endpoint.status ?? 200, body: reply };
    if (key) answers.set(`${caller.name} ${key}`, result);
    return { ...result, sentinel };
  }

  return {
    platform,
    handle: (request, response, next) => void serve(request, response, next),
    setDown: (down) => {
      isDown = down;
      if (down) for (const open of streams) open.destroy();
    },
  };
}

function find(method: string, pathname: string): { endpoint: AnyEndpoint; id: string } {
  for (const endpoint of endpoints) {
    const [verb, pattern = ''] = endpoint.route.split(' ');
    const match = verb === method && new RegExp(`^/api${pattern.replace('{id}', '(?<id>[^/]+)')}$`).exec(pathname);
    if (match) return { endpoint, id: decodeURIComponent(match.groups?.['id'] ?? '') };
  }
  throw new AppError({
    code: 'mock.unknown-route',
    kind: 'not-found',
    publicMessage: `The mock API has no ${method} ${pathname}.`,
  });
}

function callerOf(request: IncomingMessage): Caller {
  const [, word = ''] = new RegExp(`${cookieName}=([^;]+)`).exec(request.headers.cookie ?? '') ?? [];
  const caller = callerNamed(word);
  if (caller) return caller;
  throw new AppError({
    code: 'auth.needed',
    kind: 'unauthenticated',
    publicMessage: 'Sign in, or send a bearer token.',
  });
}

function signIn(url: URL, response: ServerResponse): void {
  const returnTo = url.searchParams.get('returnTo') ?? '/';
  const word = url.searchParams.get('as');
  if (word && people[word])
    return void response
      .writeHead(302, {
        'set-cookie': `${cookieName}=${word}; Path=/; HttpOnly; SameSite=Lax`,
        location: /^\/(?!\/)/.test(returnTo) ? returnTo : '/',
      })
      .end();
  const links = Object.entries(people).map(
    ([each, { name, roles }]) =>
      `<li><a href="/auth/login?as=${each}&returnTo=${encodeURIComponent(returnTo)}">${name}</a> ` +
      `(${roles.join(', ') || 'no role'})</li>`,
  );
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><html lang="en"><title>Mock sign-in</title><h1>Be somebody</h1><ul>${links.join('')}</ul></html>`,
    );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** An answer that begins and never ends: a browser repeats by itself what got no answer at all. */
function lose(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  response.write('{', () => request.socket.destroy());
}

const send = (response: ServerResponse, status: number, type: string, body: unknown): void =>
  void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(JSON.stringify(body));
