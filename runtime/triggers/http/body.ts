import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

const declaredTooLarge = (req: IncomingMessage, most: number) => Number(req.headers['content-length'] ?? 0) > most;

/** The whole body. Throws BodyTooLarge as soon as it is clear that there is more than `most` bytes of it. */
export async function readBody(req: IncomingMessage, most: number): Promise<Buffer> {
  if (declaredTooLarge(req, most)) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    // the connection is still needed for the answer
    size += chunk.length;
    if (size > most) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The body with a limit, for someone who will read it as it comes. A declared length is checked here and kept to
 * by the parser; only a body of unknown length has to be counted on its way.
 */
export function limitBody(req: IncomingMessage, most: number): Readable {
  if (declaredTooLarge(req, most)) throw new BodyTooLarge();
  if (req.headers['transfer-encoding'] === undefined) return req;
  let size = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size > most) done(new BodyTooLarge(`The request has more than ${most} bytes.`));
      else done(null, chunk);
    },
  });
  req.once('error', (error) => counted.destroy(error));
  return req.pipe(counted);
}

/**
 * What is worth reading on for so that the connection can be used again, and a client that is still sending gets its
 * answer. Well above the largest body that any endpoint takes: a client that has sent all of one uses the connection
 * for its next request, which must not meet its end.
 */
const mostDiscardedBytes = 8_388_608;

/** How long a client may take to read its answer before the connection ends under what it is still sending. */
const lastWordMilliseconds = 2000;

/**
 * Reads for nobody what was left unread of a request that has been answered. Where that is too much it stops reading,
 * and ends the connection a little later: ended at once, the reset would overtake the answer. `resume` would not do: a
 * reader that gave up may have left its listener behind.
 */
export function discardRest(req: IncomingMessage): void {
  let size = 0;
  const discard = () => {
    for (let chunk: Buffer | null = req.read(); chunk !== null; chunk = req.read()) size += chunk.length;
    if (size <= mostDiscardedBytes) return;
    req.off('readable', discard);
    const ending = setTimeout(() => req.destroy(), lastWordMilliseconds);
    req.once('close', () => clearTimeout(ending));
  };
  req.unpipe();
  req.on('readable', discard);
  discard();
}
