import { config, type z } from 'zod';
import type { Complaint } from '../../../../shared/kernel/errors/app-error.ts';
import { complaintsOf } from '../../../../shared/kernel/errors/parse.ts';

// The page's policy forbids code made from text, which zod would try for speed.
config({ jitless: true });

export type Errors = Readonly<Record<string, string>>;
export type Checked<S extends z.ZodType> =
  | { value: z.output<S>; errors: Errors }
  | { value?: undefined; errors: Errors };

/**
 * Holds a form's content to the schema the API will hold it to; what is wrong is told by field (`lines[0].quantity`).
 */
export function check<S extends z.ZodType>(schema: S, content: unknown): Checked<S> {
  const result = schema.safeParse(content, { error: plainly });
  return result.success ? { value: result.data, errors: {} } : { errors: byField(complaintsOf(result.error)) };
}

/** One sentence per field: the first complaint about it. */
export const byField = (complaints: readonly Complaint[]): Errors =>
  Object.fromEntries([...complaints].reverse().map(({ where, what }) => [where, sentence(what)]));

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** The checks' own words where a schema gives none of its own. */
function plainly(issue: z.core.$ZodRawIssue): string | undefined {
  const isEmpty = issue.input === undefined || issue.input === null || issue.input === '' || Number.isNaN(issue.input);
  if (isEmpty && (issue.code === 'too_small' || issue.code === 'invalid_type')) return 'is needed';
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : `must have at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'number'
        ? `must be at most ${issue.maximum}`
        : issue.origin === 'string'
          ? `must have at most ${issue.maximum} characters`
          : `must be at most ${issue.maximum}`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return undefined;
  }
}
