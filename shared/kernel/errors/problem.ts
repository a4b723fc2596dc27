import { AppError, type ErrorKind } from './app-error.ts';

/** RFC 9457 problem details, as every failing request answers. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  traceId: string;
  complaints?: readonly { where: string; what: string }[];
}

const statusOf: Record<ErrorKind, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request is not as it should be' },
  contradictory: { status: 422, title: 'The request contradicts an earlier one' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  precondition: { status: 412, title: 'It changed since you read it' },
  'too-large': { status: 413, title: 'The request is larger than is taken here' },
  'too-many': { status: 429, title: 'Too many requests' },
  'no-capacity': { status: 503, title: 'No capacity at the moment' },
  unavailable: { status: 503, title: 'Something this needs does not answer' },
  bug: { status: 500, title: 'This is our mistake' },
};

/** What the caller is told. Anything that is not an AppError is ours, and tells nothing of itself. */
export function toProblem(error: unknown, traceId: string): Problem {
  const known =
    error instanceof AppError
      ? error
      : new AppError({
          code: 'bug.unexpected',
          kind: 'bug',
          publicMessage: `Something broke on our side. Quote ${traceId} when you ask about it.`,
          cause: error,
        });
  const { status, title } = statusOf[known.kind];
  return {
    type: `https://rackline.dev/problems/${known.code}`,
    title,
    status,
    detail: known.publicMessage,
    code: known.code,
    traceId,
    ...(known.complaints.length > 0 && { complaints: known.complaints }),
  };
}
