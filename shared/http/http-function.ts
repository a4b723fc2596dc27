import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { z } from 'zod';
import type { Authenticator } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { parse } from '../kernel/errors/parse.ts';
import type { Sagas } from '../saga/client.ts';
import type { Deps } from '../saga/deps.ts';
import { readJson, storable } from './json.ts';

/** What a handler may use beside its input. */
export type HttpDeps = Deps & { sagas: Sagas; authenticator: Authenticator };

export interface HttpInput<P, Q, B> {
  caller: Caller;
  params: P;
  query: Q;
  body: B;
  request: HttpRequest;
  /** For the one step between reading and writing: throws 412 when the caller read another version. */
  ifMatch(version: number): void;
  /**
   * Whether the caller has this version (If-None-Match): then `unchanged` is the answer, and nothing else need be read.
   */
  hasAlready(version: number): boolean;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Becomes the ETag. */
  version?: number;
  /** Who the caller turned out to be, for the audit, where what he sent was his credential. */
  actedAs?: string;
}

export interface HttpFunction<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  /** The registered name, as the file's. */
  name: string;
  /** `POST /v1/orders/{id}/cancel`, below /api. */
  route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** One line for the API's description. */
  summary: string;
  params?: P;
  query?: Q;
  /** Without it no body is read. */
  body?: B;
  /** Bytes of the largest body that is taken; 64 kB, or 16 kB where anybody may ask. */
  mostBodyBytes?: number;
  /** What a successful answer holds. What is not in it does not leave. */
  answer: A;
  /**
   * Ordinary traffic between programs, which would only bury what people did: neither in the audit log nor, where it
   * goes well, in the log.
   */
  isRoutine?: boolean;
  /** False where the answer holds a secret: it is then never kept for a repeated request. */
  keepsAnswer?: boolean;
  /** True where nobody signs in: what is sent is itself the credential. */
  isOpen?: boolean;
  /**
   * Whether this caller may ask at all: decided before anything of the request is read. Whose thing it is is checked by
   * the handler, which answers 404 for another tenant's.
   */
  allow(input: { caller: Caller }): boolean;
  /** Whether this caller may ask for that, where the body decides as well. */
  allowBody?(input: { caller: Caller; body: z.infer<B> }): boolean;
  handle(input: HttpInput<z.infer<P>, z.infer<Q>, z.infer<B>>, deps: HttpDeps): Promise<Reply>;
}
export type AnyHttpFunction = Omit<HttpFunction, 'allowBody' | 'handle'> & {
  allowBody?(input: { caller: Caller; body: never }): boolean;
  handle(input: HttpInput<never, never, never>, deps: HttpDeps): Promise<Reply>;
};

/** Declares one endpoint: authorize → parse → call → respond. */
export const httpFunction = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  declaration: HttpFunction<P, Q, B, A>,
): HttpFunction<P, Q, B, A> => declaration;

export const ok = (body: unknown, version?: number): Reply => ({
  status: 200,
  body,
  ...(version !== undefined && { version }),
});
export const unchanged = (version: number): Reply => ({ status: 200, version });
export const created = (body: unknown, location: string): Reply => ({ status: 201, body, headers: { location } });
export const accepted = (body: unknown, location: string): Reply => ({ status: 202, body, headers: { location } });

/** Another tenant's thing and no thing at all look alike. */
export const notFound = (what: string, id: string): AppError =>
  new AppError({ code: `${what}.unknown`, kind: 'not-found', publicMessage: `There is no ${what} ${id}.` });

export const forbidden = (caller: Caller): AppError =>
  new AppError({
    code: 'auth.forbidden',
    kind: 'forbidden',
    publicMessage: `Your roles (${caller.roles.join(', ') || 'none'}) do not allow this.`,
  });

/** Checks and answers one request of a caller who may ask. `text`: its body. */
export async function answer(
  endpoint: AnyHttpFunction,
  request: HttpRequest,
  text: string,
  caller: Caller,
  deps: HttpDeps,
): Promise<Reply> {
  const params = (endpoint.params ? parse(endpoint.params, storable(request.params), 'address') : {}) as never;
  const query = (
    endpoint.query ? parse(endpoint.query, storable(Object.fromEntries(request.query)), 'query') : {}
  ) as never;
  const body = (endpoint.body ? parse(endpoint.body, readJson(text), 'request body') : undefined) as never;
  if (endpoint.allowBody?.({ caller, body }) === false) throw forbidden(caller);
  const reply = await endpoint.handle(
    {
      caller,
      params,
      query,
      body,
      request,
      ifMatch: (version) => ifMatch(request, version),
      hasAlready: (version) => hasAlready(request, version),
    },
    deps,
  );
  return { ...reply, body: reply.body === undefined ? undefined : endpoint.answer.parse(reply.body) };
}

const etag = (version: number) => `"${version}"`;

function ifMatch(request: HttpRequest, version: number): void {
  const wanted = request.headers.get('if-match');
  if (
    wanted === null ||
    wanted === '*' ||
    wanted.split(',').some((each) => each.trim().replace(/^W\//, '') === etag(version))
  )
    return;
  throw new AppError({
    code: 'input.changed-since',
    kind: 'precondition',
    publicMessage: `It has changed since you read it (it is at version ${version} now). Read it again.`,
  });
}

const hasAlready = (request: HttpRequest, version: number): boolean =>
  request.method === 'GET' && request.headers.get('if-none-match') === etag(version);

/** A reply as the host sends it; an unchanged thing that the caller has already is 304. */
export function toResponse(reply: Reply, request: HttpRequest): HttpResponseInit {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    ...(reply.version !== undefined && { etag: etag(reply.version) }),
    ...reply.headers,
  };
  if (reply.version !== undefined && hasAlready(request, reply.version)) return { status: 304, headers };
  return reply.body === undefined
    ? { status: reply.status, headers }
    : { status: reply.status, headers, jsonBody: reply.body };
}
