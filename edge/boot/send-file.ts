import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemCode } from '../kernel/system-error.ts';
import { readByteRange } from './byte-range.ts';

/** A plain file name: no folder, not hidden, no path. */
const fileName = /^[\w][\w.+-]{0,127}$/;

/**
 * Answers a GET or HEAD for a file of a folder, or for the part that `Range` names. True when its last byte was sent.
 */
export async function sendFile(
  directory: string,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const file = fileName.test(name) ? await openFile(path.join(directory, name)) : undefined;
  if (file === undefined) {
    response.writeHead(404).end();
    return false;
  }
  try {
    const { size, mtimeMs } = await file.stat();
    const etag = `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`;
    const common = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', etag: etag };
    // A part of another version must not be joined to the first one's beginning.
    const isOtherVersion = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag;
    const range = isOtherVersion ? 'whole' : readByteRange(request.headers.range, size);
    if (range === 'unsatisfiable') {
      response.writeHead(416, { ...common, 'content-range': `bytes */${size}` }).end();
      return false;
    }
    const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
    response.writeHead(range === 'whole' ? 200 : 206, {
      ...common,
      'content-length': last - first + 1,
      ...(range !== 'whole' && { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) {
      response.end();
      return false;
    }
    await pipeline(
      file.createReadStream({ start: first, end: last, autoClose: false, highWaterMark: 256 * 1024 }),
      response,
    );
    return last === size - 1;
  } catch (error) {
    // The machine closed the connection: ordinary, and no fault.
    if (['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(systemCode(error) ?? '')) return false;
    throw error;
  } finally {
    await file.close();
  }
}

async function openFile(place: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENAMETOOLONG'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
