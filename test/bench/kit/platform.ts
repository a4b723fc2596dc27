import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalPlatform } from '../../../infra/local/platform.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import { readSettings } from '../../../shared/wiring/settings.ts';
import type { Closing } from './closing.ts';

/** For what a platform keeps; gone when all is over. */
export function aFolder(closing: Closing): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-bench-'));
  closing.add(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The whole platform as `npm start` runs it, with the lab, on ports and in a folder of its own, if none is named. */
export async function startPlatform(
  closing: Closing,
  settings: Readonly<Record<string, string>> = {},
): Promise<LocalPlatform> {
  const folder = settings['DATA_DIR'] ?? aFolder(closing);
  const platform = new LocalPlatform({
    settings: readSettings({
      DATA_DIR: folder,
      PORT: String(await freePort()),
      LAB_PORT: String(await freePort()),
      LAB: 'on',
      LOG_LEVEL: 'warn',
      ...settings,
    }),
    log: (line) => appendFileSync(path.join(folder, 'rackline.log'), `${line}\n`),
    withPortal: false,
  });
  closing.keep(platform);
  await platform.start();
  return platform;
}
