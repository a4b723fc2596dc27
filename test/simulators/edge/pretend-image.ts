import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A folder as infra/validation-image/build.ts makes it, with files that simulated machines fetch and nobody could boot.
 * Gives its name.
 */
export function pretendImage(folder: string, bytes = 64 * 1024): string {
  mkdirSync(folder, { recursive: true });
  const outputs = Object.fromEntries(
    ['vmlinuz', 'initramfs'].map((name) => {
      const data = Buffer.alloc(bytes, `${name} of the lab\n`);
      writeFileSync(path.join(folder, name), data);
      return [name, { sha256: createHash('sha256').update(data).digest('hex'), bytes: data.length }];
    }),
  );
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({
      kernel: { kind: 'cloud', version: 'none: simulated machines run no kernel' },
      sourceDateEpoch: 0,
      outputs,
      packages: [],
    }),
  );
  return folder;
}
