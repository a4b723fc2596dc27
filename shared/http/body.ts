import type { ReadableStreamReadResult } from 'node:stream/web';
import type { HttpRequest } from '@azure/functions';
import type { Contract } from '../kernel/api/contract.ts';
import { AppError } from '../kernel/errors/app-error.ts';

/** What an endpoint takes that declares nothing else. */
const usualBytes = 65_536;
/** What it takes from callers who need not sign in. */
const anonymousBytes = 16_384;

/** The largest body, in bytes, that an endpoint takes. */
export const mostBodyBytes = ({ mostBodyBytes: most, audience }: Contract): number =>
  most ?? (audience === 'anonymous' ? anonymousBytes : usualBytes);

/**
 * The whole body as text. Throws `too-large` before anything is read where the request declares too much, else as
 * soon as too much has come; `invalid` where the body ends before it is complete, as an aborted upload does.
 * What is left unread stays with the host: the connection is still needed for the answer.
 */
export async function readBody(
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
  mostBytes: number,
): Promise<string> {
  if (Number(headers.get('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const reader = body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  for (let size = 0; ;) {
    const { done, value }: ReadableStreamReadResult<Uint8Array> = await reader.read().catch((cause: unknown) => {
      throw cutOff(cause);
    });
    if (done) break;
    size += value.byteLength;
    if (size > mostBytes) throw tooLarge(mostBytes);
    chunks.push(value);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

const tooLarge = (mostBytes: number) =>
  new AppError({
    code: 'input.too-large',
    kind: 'too-large',
    publicMessage: `The request body is larger than the ${mostBytes} bytes that are taken here.`,
  });
const cutOff = (cause: unknown) =>
  new AppError({
    code: 'input.cut-off',
    kind: 'invalid',
    publicMessage: 'The request body ended before it was complete.',
    cause,
  });
