import { isNativeError } from 'node:util/types';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

/** The process's log, a line of JSON each. */
export const createHostLog = (
  { level, replica }: { level: string; replica: string },
  output: DestinationStream,
): Logger => pino({ level, base: { replica }, serializers: { err: errorFields } }, output);

/**
 * What is told of an error: its words, where it came from, and that of its causes. What else hangs on it stays out:
 * a failed HTTP call carries its whole request, with the key in its address.
 */
function errorFields(error: unknown) {
  if (!isNativeError(error)) return { message: String(error) };
  const { type, message, stack, code } = stdSerializers.err(error);
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}
