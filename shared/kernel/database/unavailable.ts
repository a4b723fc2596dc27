import { AppError } from '../errors/app-error.ts';
import { isAnswer } from './connections.ts';

/**
 * The database is there and cannot serve: connection lost (08), no resources (53), broken off or shutting down (57). By
 * the first two characters of SQLSTATE.
 */
const cannotServe = new Set(['08', '53', '57']);
const wasBrokenOff = '57014';
const wasIdleTooLong = '25P03';

/** What the driver says, without a code, when a connection is gone, silent or cannot be had. */
const driverWords = new RegExp(
  `^(${[
    'Query read timeout',
    'timeout (expired|exceeded)',
    'Connection terminated',
    'Client (was closed|has encountered)',
    'Cannot use a pool',
  ].join('|')})`,
);

/** Everybody is told that the database cannot answer, and when to try again. Any other error stays as it is. */
export function orUnavailable(error: unknown): unknown {
  if (isAnswer(error)) {
    if (error.code === wasBrokenOff)
      return new AppError({
        code: 'database.too-slow',
        kind: 'unavailable',
        publicMessage: 'This took the database too long and was broken off. Try again later.',
        retryAfterSeconds: 5,
        cause: error,
      });
    return error.code !== undefined && (cannotServe.has(error.code.slice(0, 2)) || error.code === wasIdleTooLong)
      ? unavailable(error)
      : error;
  }
  return error instanceof Error && ('syscall' in error || driverWords.test(error.message)) ? unavailable(error) : error;
}

export const unavailable = (cause: unknown): AppError =>
  new AppError({
    code: 'database.unavailable',
    kind: 'unavailable',
    publicMessage: 'The database does not answer at the moment. Try again shortly.',
    retryAfterSeconds: 2,
    cause,
  });

export const overloaded = (waiting: number): AppError =>
  new AppError({
    code: 'database.overloaded',
    kind: 'no-capacity',
    publicMessage: 'There is more to do than the database gets done at the moment. Try again shortly.',
    retryAfterSeconds: 2,
    context: { waiting },
  });
