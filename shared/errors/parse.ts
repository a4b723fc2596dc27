import type { z } from 'zod';
import { AppError, type Complaint } from './app-error.ts';

/** `['lines', 0, 'quantity']` → `lines[0].quantity`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)), '') || '(whole)';

export const complaintsOf = (error: z.ZodError): Complaint[] =>
  error.issues.map((issue) => ({ where: pathText(issue.path), what: issue.message }));

/**
 * Parses what crosses a boundary. `what` names it for the reader ('request body', 'quote from HPE').
 * Throws an `invalid` AppError that carries every complaint at once.
 */
export function parse<S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const complaints = complaintsOf(result.error);
  throw new AppError({
    code: 'input.invalid',
    kind: 'invalid',
    publicMessage: `The ${what} is not as it should be: ${complaints.map(({ where, what: complaint }) => `${where}: ${complaint}`).join('; ')}.`,
    complaints,
    cause: result.error,
  });
}
