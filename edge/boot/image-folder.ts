import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

const files = { kernel: 'vmlinuz', initrd: 'initramfs' } as const;
const File = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
/** What is read of the manifest that infra/validation-image/build.ts writes. */
const Manifest = z.object({
  kernel: z.object({ kind: z.string(), version: z.string() }),
  outputs: z.object({ [files.kernel]: File, [files.initrd]: File }),
});

export interface ImageFolder {
  kernel: string;
  initrd: string;
  /** For people: `6.1.0-30-amd64 (generic)`. */
  version: string;
}

/**
 * Reads the folder of the validation image and checks its files against its manifest: an incomplete copy must not be
 * booted.
 */
export async function readImageFolder(directory: string): Promise<ImageFolder> {
  const refuse = (what: string, cause?: unknown) =>
    new AppError({
      code: 'boot.no-image',
      kind: 'unavailable',
      publicMessage:
        `There is no usable validation image in ${directory}: ${what}. Build one ` +
        '(infra/validation-image/README.md) or copy it again.',
      cause,
    });
  let manifest: z.infer<typeof Manifest>;
  try {
    manifest = Manifest.parse(JSON.parse(await readFile(path.join(directory, 'manifest.json'), 'utf8')));
  } catch (cause) {
    throw refuse('its manifest.json cannot be read', cause);
  }
  for (const name of Object.values(files)) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path.join(directory, name)), hash).catch((cause: unknown) => {
      throw refuse(`its ${name} cannot be read`, cause);
    });
    if (hash.digest('hex') !== manifest.outputs[name].sha256)
      throw refuse(`its ${name} is not the one its manifest names`);
  }
  return { ...files, version: `${manifest.kernel.version} (${manifest.kernel.kind})` };
}
