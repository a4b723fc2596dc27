import { AppError, type ErrorKind } from '../errors/app-error.ts';

/**
 * Why a call to an outside system did not work, in the seven words every adapter uses.
 * `unknownOutcome`: a write was sent and no answer came; look up before trying again.
 */
export type Failure =
  | 'auth'
  | 'notFound'
  | 'conflict'
  | 'invalid'
  | 'throttled'
  | 'transient'
  | 'unknownOutcome'
  | 'unexpectedAnswer';

const kindOf: Record<Failure, ErrorKind> = {
  auth: 'unavailable',
  notFound: 'not-found',
  conflict: 'conflict',
  invalid: 'bug',
  throttled: 'unavailable',
  transient: 'unavailable',
  unknownOutcome: 'unavailable',
  unexpectedAnswer: 'unavailable',
};

export class CallFailed extends AppError {
  readonly failure: Failure;
  readonly system: string;
  readonly status: number | undefined;

  constructor(call: {
    system: string;
    method: string;
    path: string;
    failure: Failure;
    status?: number;
    detail: string;
    retryAfterSeconds?: number;
    cause?: unknown;
  }) {
    super({
      code: `${call.system}.${call.failure}`,
      kind: kindOf[call.failure],
      publicMessage: `${call.system} did not do ${call.method} ${call.path}: ${call.detail}.`,
      context: { system: call.system, method: call.method, path: call.path, status: call.status },
      ...(call.retryAfterSeconds !== undefined && { retryAfterSeconds: call.retryAfterSeconds }),
      cause: call.cause,
    });
    this.failure = call.failure;
    this.system = call.system;
    this.status = call.status;
  }
}

export const isFailure = (error: unknown, ...failures: Failure[]): error is CallFailed =>
  error instanceof CallFailed && failures.includes(error.failure);

export function failureOfStatus(status: number, isWrite: boolean): Failure {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404 || status === 410) return 'notFound';
  if (status === 409 || status === 412 || status === 423) return 'conflict';
  if (status === 429) return 'throttled';
  if (status === 500 && isWrite) return 'unknownOutcome';
  if (status >= 500 || status === 408) return 'transient';
  return 'invalid';
}
