import { z } from 'zod';

/** What is wrong, in words: every issue of a schema, or the one message of another error. */
export function complaintsOf(error: unknown): string[] {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
  return [error instanceof Error ? error.message : String(error)];
}
