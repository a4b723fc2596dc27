import type { Problem } from '../../../shared/kernel/errors/problem.ts';
import { noAnswer, ProblemError } from './problem.ts';

const base = '/api/v1';

/**
 * Reads from the API. The type is the schema's the server answers by; it is held to it there, so a phone need not
 * carry every schema to check again. Throws ProblemError.
 */
export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>('GET', path, { signal });

/** Asks for something to be done. The same key twice does it once. Throws ProblemError. */
export const post = <T>(path: string, body: object, idempotencyKey: string): Promise<T> =>
  call<T>('POST', path, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
  });

async function call<T>(
  method: string,
  path: string,
  init: { signal?: AbortSignal | undefined; body?: string; headers?: Record<string, string> },
): Promise<T> {
  const response = await fetch(base + path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { accept: 'application/json', ...init.headers },
    ...(init.body !== undefined && { body: init.body }),
    ...(init.signal && { signal: init.signal }),
  }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw noAnswer(cause);
  });
  if (!response.ok) throw await problemOf(response);
  return response.json().catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw noAnswer(cause);
  });
}

async function problemOf(response: Response): Promise<ProblemError> {
  const said: Partial<Problem> = response.headers.get('content-type')?.includes('json')
    ? await response.json().catch(() => ({}))
    : {};
  return new ProblemError({
    traceId: response.headers.get('x-trace-id') ?? undefined,
    ...said,
    status: response.status,
  });
}

/** Ends the session here and goes to where it ends at the identity provider. Throws ProblemError. */
export async function signOut(): Promise<void> {
  const response = await fetch('/auth/logout', { method: 'POST', credentials: 'same-origin' }).catch(
    (cause: unknown) => {
      throw noAnswer(cause);
    },
  );
  if (!response.ok) throw await problemOf(response);
  const { location: next }: { location: string } = await response.json();
  location.assign(next);
}
