import type { Problem } from '../../../shared/kernel/errors/problem.ts';
import { noAnswer, ProblemError } from './problem.ts';

/** Sends a request to an address of this origin; answers its JSON. Throws ProblemError. */
export async function send<T>(
  method: string,
  address: string,
  body: unknown,
  { signal, key }: { signal?: AbortSignal; key?: string },
): Promise<T> {
  const response = await fetch(address, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw noAnswer(cause);
  });
  if (!response.ok) throw await problemOf(response);
  return response.json().catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
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
