import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';

/** The W3C trace id of the caller, or a new one. */
export function traceOf(request: HttpRequest): string {
  const [, trace] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(request.headers.get('traceparent') ?? '') ?? [];
  return trace ?? randomUUID().replaceAll('-', '');
}
