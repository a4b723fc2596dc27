import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { jobText, JobProgress } from '../../../edge/image-jobs/job-format.ts';
import { buildValidationImage, Manifest } from '../../../infra/validation-image/build.ts';
import type { ImageJob } from '../../../shared/facts/image-job.ts';
import type { Daemon, Netns } from '../../kit/netns.ts';
import { until } from '../../kit/until.ts';

export const agentAddress = '10.99.0.1';
export const reportUrl = `http://${agentAddress}:8080/inventory?token=t1`;
/** QEMU without KVM, on a busy machine. */
export const bootTimeout = 300_000;

const Posted = z.object({ url: z.string(), body: z.unknown() });

export interface Receiver {
  /** The body of the first post to a path with `part` in it that fits. */
  posted(part: string, fits?: (body: unknown) => boolean): Promise<unknown>;
  /** Hands out a job and waits until its end is posted. */
  run(job: ImageJob): Promise<JobProgress>;
}

/** Listens where the image posts. `console` is what the machine has written, for when nothing comes. */
export async function startReceiver(machine: Netns, folder: string, console: () => string): Promise<Receiver> {
  const jobFile = path.join(folder, 'job');
  const daemon: Daemon = await machine.start(
    process.execPath,
    [path.join(import.meta.dirname, 'validation-image-receiver.ts'), agentAddress, '8080', jobFile],
    { ready: /listening/ },
  );
  const posts = () =>
    daemon
      .output()
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => Posted.parse(JSON.parse(line)));
  const posted: Receiver['posted'] = async (part, fits = () => true) => {
    const found = () => posts().find(({ url, body }) => url.includes(part) && fits(body));
    await until(`the image to post to ${part}`, () => found() !== undefined, bootTimeout).catch((error: unknown) => {
      throw new Error(`${String(error)} Its console ends with:\n${console().slice(-1500)}`);
    });
    return found()?.body;
  };
  return {
    posted,
    run: async (job) => {
      // Written beside it and moved, so that it is never given out half.
      writeFileSync(`${jobFile}.new`, jobText(job));
      renameSync(`${jobFile}.new`, jobFile);
      return JobProgress.parse(await posted(`/job/${job.id}?`, (body) => JobProgress.parse(body).state !== 'running'));
    },
  };
}

const projectRoot = path.resolve(import.meta.dirname, '../../..');
const cache = path.join(projectRoot, 'node_modules/.cache/validation-image');

/** The image, built once for as long as nothing has changed that it is built from, whichever test asks first. */
export function builtImage(): { folder: string; manifest: Manifest } {
  const folder = path.join(cache, `tested-${digestOfSources()}`);
  if (!existsSync(folder)) {
    const started = performance.now();
    mkdirSync(cache, { recursive: true });
    // Made beside it and moved: another test may be at the same, and must not see half of it.
    const partial = mkdtempSync(path.join(cache, 'testing-'));
    const { outputs } = buildValidationImage({ out: partial });
    try {
      renameSync(partial, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
      rmSync(partial, { recursive: true });
    }
    console.log(
      `validation image: ${Object.entries(outputs)
        .map(([name, { bytes }]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`)
        .join(', ')}, built in ${seconds(started)}`,
    );
  }
  return { folder, manifest: Manifest.parse(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'))) };
}

function digestOfSources(): string {
  const sources = path.join(projectRoot, 'infra/validation-image');
  const hash = createHash('sha256');
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort())
    if (statSync(path.join(sources, file)).isFile()) hash.update(file).update(readFileSync(path.join(sources, file)));
  return hash.digest('hex').slice(0, 16);
}

/** The time since then, to be printed. */
export const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
