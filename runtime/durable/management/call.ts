import type { DurableClient } from '../contract/engine.ts';
import type { ManagementAddress } from './links.ts';

export interface ManagementRequest {
  method: string;
  /** Below the base, still encoded: `/instances/abc`. */
  path: string;
  query: URLSearchParams;
  /** Of `x-ms-continuation-token`, the one header that matters. */
  continuationToken?: string;
  /** Empty where there is none. */
  body: string;
  /** What links in the answer shall point to. */
  address: ManagementAddress;
}

export interface ManagementAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON, or nothing. */
  body?: string;
}

/** One request on its way through the handlers. */
export interface Call extends ManagementRequest {
  client: DurableClient;
  segments: readonly string[];
}

export function answer(status: number, body?: unknown, headers: Record<string, string> = {}): ManagementAnswer {
  if (body === undefined) return { status, headers };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** A flag of the query; anything but `true` and `false` counts as not given. */
export function flag(query: URLSearchParams, name: string, otherwise: boolean): boolean {
  const text = query.get(name)?.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : otherwise;
}
