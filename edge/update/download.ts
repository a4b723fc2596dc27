import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { readPublished } from '../../shared/kernel/http-client/download.ts';
import { syncFolder } from '../kernel/replace-file.ts';

export interface DownloadOptions {
  /** Authorities to trust for TLS, in PEM; undefined: those of Node. */
  authorities?: readonly string[] | undefined;
  maxBytes?: number;
  timeoutMilliseconds?: number;
}

/** Many times the size of a release. */
const largestRelease = 64_000_000;

/**
 * Downloads `url` to `file`. The file exists only when it is whole, on disk, and has this digest. Throws otherwise,
 * with what failed.
 */
export async function download(
  { url, sha256 }: { url: string; sha256: string },
  file: string,
  { authorities, maxBytes = largestRelease, timeoutMilliseconds = 600_000 }: DownloadOptions = {},
): Promise<void> {
  const part = `${file}.part`;
  try {
    const found = await readPublished(url, { authorities, timeoutMilliseconds }, (body) => write(body, part, maxBytes));
    if (found !== sha256) throw new Error(`what is at ${url} has the digest ${found}; ${sha256} was announced`);
    await rename(part, file);
    syncFolder(path.dirname(file));
  } finally {
    await rm(part, { force: true });
  }
}

/** Answers the digest of what was written. */
async function write(body: AsyncIterable<Buffer>, file: string, maxBytes: number): Promise<string> {
  const hash = createHash('sha256');
  const target = await open(file, 'w', 0o600);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      hash.update(chunk);
      await target.writeFile(chunk);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return hash.digest('hex');
}
