import { z } from 'zod';
import type { Failure } from '../contract/history.ts';
import { storable } from '../contract/storable.ts';

/** What the SDK writes into an error's message when the app has an exception-properties provider. */
const ProvidedDetails = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  isNonRetriable: z.boolean().default(false),
  stackTrace: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** How a failed activity is told to its orchestration. */
export function activityFailure(name: string, error: unknown): Failure {
  const { message, stack } = isErrorLike(error) ? error : new Error(String(error));
  const provided = parseProvided(message);
  // What is recorded now must be what a later replay reads back.
  const text = storable(provided?.errorMessage ?? message);
  return {
    Reason: `Activity function '${name}' failed: ${text}`,
    Details: JSON.stringify({ Message: text, StackTrace: stack }),
    FailureDetails: provided
      ? {
          ErrorType: provided.errorType,
          ErrorMessage: text,
          IsNonRetriable: provided.isNonRetriable,
          InnerFailure: null,
          ...(provided.stackTrace !== undefined && { StackTrace: provided.stackTrace }),
          ...(provided.properties && { Properties: provided.properties }),
        }
      : null,
  };
}

/** An Error of another realm is one too. */
const isErrorLike = (error: unknown): error is Error =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';

function parseProvided(message: string): z.infer<typeof ProvidedDetails> | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    return ProvidedDetails.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined; // an ordinary message that happens to begin with a brace
  }
}
