import type { z } from 'zod';
import { AppError, type Complaint } from './app-error.ts';

/** `['lines', 0, 'quantity']` → `lines[0].quantity`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  ) || '(whole)';

export const complaintsOf = (error: z.ZodError): Complaint[] =>
  error.issues.map((issue) => ({ where: pathText(issue.path), what: issue.message }));

/** Nobody mends more at a time, and what sends more is no person. */
const mostComplaints = 100;

/**
 * Parses what crosses a boundary. `what` names it for the reader ('request body', 'quote from HPE').
 * Throws an `invalid` AppError that carries every complaint at once, up to a hundred.
 */
export function parse<S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const all = complaintsOf(result.error);
  const complaints = all.slice(0, mostComplaints);
  const more = all.length - complaints.length;
  throw new AppError({
    code: 'input.invalid',
    kind: 'invalid',
    publicMessage:
      `The ${what} is not as it should be: ` +
      complaints.map(({ where, what: complaint }) => `${where}: ${complaint}`).join('; ') +
      `${more > 0 ? `; and ${more} more complaints` : ''}.`,
    complaints,
    cause: result.error,
  });
}
