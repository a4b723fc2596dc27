import type { Complaint } from '../../../shared/kernel/errors/app-error.ts';
import type { Problem } from '../../../shared/kernel/errors/problem.ts';

/** What the API answers when it does not do what was asked (RFC 9457), or that it did not answer at all. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly traceId: string | undefined;
  readonly complaints: readonly Complaint[];

  constructor(problem: Partial<Problem> & { status: number }, options?: ErrorOptions) {
    super(problem.detail ?? detailFor(problem.status), options);
    this.status = problem.status;
    this.code = problem.code ?? `http.${problem.status}`;
    this.title = problem.title ?? titleFor(problem.status);
    this.traceId = problem.traceId;
    this.complaints = problem.complaints ?? [];
  }
}

export const noAnswer = (cause: unknown): ProblemError =>
  new ProblemError({ status: 0, code: 'network.no-answer' }, { cause });

const titleFor = (status: number): string =>
  status === 0
    ? 'The platform does not answer'
    : status >= 500
      ? 'Something went wrong on our side'
      : 'The platform did not accept this';
const detailFor = (status: number): string =>
  status === 0
    ? 'Check your connection. What you entered is still here; try again.'
    : `The platform answered with status ${status} and did not say why. Try again; if it stays, tell the ` +
      'operations team.';

/** Any error as a heading and a sentence for people. */
export function inWords(error: unknown): { title: string; sentence: string; traceId: string | undefined } {
  if (error instanceof ProblemError) return { title: error.title, sentence: error.message, traceId: error.traceId };
  return {
    title: 'This page broke',
    sentence:
      `${error instanceof Error ? error.message : String(error)}. Reload the page; if it stays, tell the ` +
      'operations team.',
    traceId: undefined,
  };
}

/** Trying the same again can only help where nothing was decided yet. */
export const mayPass = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 0 || error.status >= 500 || error.status === 429);
