import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { Contract } from '../kernel/api/contract.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { toProblem } from '../kernel/errors/problem.ts';
import { etag, hasAlready } from './versions.ts';

export interface Reply<Body = unknown> {
  status: number;
  body?: Body;
  headers?: Record<string, string>;
  /** Becomes the ETag. */
  version?: number;
  /** Who the caller turned out to be, for the audit, where what he sent was his credential. */
  actedAs?: string;
}

/** What is only read: rows and lists may be read-only. */
type Readable<T> = T extends readonly (infer E)[]
  ? readonly Readable<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Readable<T[K]> }
    : T;
/** What a handler answers: what the contract's `answer` takes. Members that it does not name are left out. */
export type Replied<C extends Contract> = Reply<Readable<z.input<C['answer']>>>;

export const ok = <Body>(body: Body, version?: number): Reply<Body> => ({
  status: 200,
  body,
  ...(version !== undefined && { version }),
});
export const unchanged = (version: number): Reply<never> => ({ status: 200, version });
export const created = <Body>(body: Body, location: string): Reply<Body> => ({
  status: 201,
  body,
  headers: { location },
});
export const accepted = <Body>(body: Body, location: string): Reply<Body> => ({
  status: 202,
  body,
  headers: { location },
});

/** Another tenant's thing and no thing at all look alike. `noun`: `order`, `dead-letter`. */
export const notFound = (noun: string, id: string): AppError =>
  new AppError({
    code: `${noun}.unknown`,
    kind: 'not-found',
    publicMessage: `There is no ${noun.replaceAll('-', ' ')} ${id}.`,
  });

export const forbidden = (caller: Caller): AppError =>
  new AppError({
    code: 'auth.forbidden',
    kind: 'forbidden',
    publicMessage: `Your roles (${caller.roles.join(', ') || 'none'}) do not allow this.`,
  });

/** A reply as the host sends it; an unchanged thing that the caller has already is 304. */
export function toResponse(reply: Reply, request: HttpRequest): HttpResponseInit & { headers: Record<string, string> } {
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

/** An error as the host sends it: RFC 9457. */
export function toProblemResponse(error: unknown, traceId: string): HttpResponseInit & { status: number } {
  const problem = toProblem(error, traceId);
  const retryAfter = error instanceof AppError ? error.retryAfterSeconds : undefined;
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-trace-id': traceId,
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
    body: JSON.stringify(problem),
  };
}
