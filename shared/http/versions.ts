import type { HttpRequest } from '@azure/functions';
import { AppError } from '../kernel/errors/app-error.ts';

/** The ETag of a version. */
export const etag = (version: number): string => `"${version}"`;

/** Throws `precondition` (412) where the caller read another version than this (If-Match). */
export function ifMatch(request: Pick<HttpRequest, 'headers'>, version: number): void {
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

/** Whether the caller has this version already (If-None-Match). */
export const hasAlready = (request: Pick<HttpRequest, 'headers' | 'method'>, version: number): boolean =>
  request.method === 'GET' && request.headers.get('if-none-match') === etag(version);
