import { z } from 'zod';

/** What went wrong, in the words a caller can act on. One table (problem.ts) maps kind to HTTP status. */
export const ErrorKind = z.enum([
  'invalid',
  'contradictory',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'precondition',
  'too-large',
  'too-many',
  'no-capacity',
  'unavailable',
  'bug',
]);
export type ErrorKind = z.infer<typeof ErrorKind>;

export interface AppErrorOptions {
  /** `area.what-is-wrong`, stable: callers and tests match on it. */
  code: string;
  kind: ErrorKind;
  /** What the caller may read. Says what, where and what to do; no host names, no secrets. */
  publicMessage: string;
  /** What the operator needs beside it. Goes to the log, never to the caller. */
  context?: Record<string, unknown>;
  /** Every complaint about an input, so that the caller fixes all of them at once. */
  complaints?: readonly Complaint[];
  /** When trying again may help. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

export interface Complaint {
  /** Where in the input: `lines[0].quantity`. */
  where: string;
  what: string;
}

/** The one error of this code base: a public half for the caller, a private half for the log. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly publicMessage: string;
  readonly context: Record<string, unknown>;
  readonly complaints: readonly Complaint[];
  readonly retryAfterSeconds: number | undefined;

  constructor(options: AppErrorOptions) {
    super(`${options.code}: ${options.publicMessage}`, { cause: options.cause });
    this.code = options.code;
    this.kind = options.kind;
    this.publicMessage = options.publicMessage;
    this.context = options.context ?? {};
    this.complaints = options.complaints ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The whole chain of causes on one line, outermost first. For logs and timelines. */
export function explain(error: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  for (
    let current = error;
    current !== undefined && current !== null && !seen.has(current);
    current = current instanceof Error ? current.cause : undefined
  ) {
    seen.add(current);
    const text = current instanceof Error ? current.message : String(current);
    if (text && parts.at(-1) !== text) parts.push(text);
    if (current instanceof AggregateError) parts.push(...current.errors.map((each) => explain(each)));
  }
  return parts.join(' ← ') || 'unknown error';
}
