import { send } from './http.ts';
import { requestLine } from './request-line.ts';
import type { AnswerOf, Given, Route } from './routes.ts';

export interface CallOptions {
  signal?: AbortSignal;
  /** Idempotency key: the same key twice does it once. Whatever is not only read has one. */
  key?: string;
}

/**
 * Calls an endpoint of the API. Its contract is here by type alone: the platform holds requests and answers to it, so a
 * phone need not carry every schema to check again. Throws ProblemError.
 */
export const call = <R extends Route>(route: R, given: Given<R>, options: CallOptions = {}): Promise<AnswerOf<R>> => {
  const { method, address } = requestLine(route, given);
  return send(method, address, given.body, options);
};
