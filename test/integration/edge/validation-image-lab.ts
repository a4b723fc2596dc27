import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { orderText, WorkProgress } from '../../../edge/inventory/work.ts';
import type { ImageWork } from '../../../shared/api/image-work.ts';
import { buildValidationImage, type Manifest } from '../../../infra/validation-image/build.ts';
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
  /** Gives an order and waits until it is reported as through. */
  work(order: ImageWork): Promise<WorkProgress>;
}

/** Listens where the image posts. `console` is what the machine has written, for when nothing comes. */
export async function startReceiver(machine: Netns, folder: string, console: () => string): Promise<Receiver> {
  const orderFile = path.join(folder, 'order');
  const daemon: Daemon = await machine.start(process.execPath, [path.join(import.meta.dirname, 'validation-image-receiver.ts'), agentAddress, '8080', orderFile], { ready: /listening/ });
  const posts = () => daemon.output().split('\n').slice(0, -1).filter((line) => line.startsWith('{')).map((line) => Posted.parse(JSON.parse(line)));
  const posted: Receiver['posted'] = async (part, fits = () => true) => {
    const found = () => posts().find(({ url, body }) => url.includes(part) && fits(body));
    await until(`the image to post to ${part}`, () => found() !== undefined, bootTimeout).catch((error: unknown) => {
      throw new Error(`${String(error)} Its console ends with:\n${console().slice(-1500)}`);
    });
    return found()?.body;
  };
  return {
    posted,
    work: async (order) => {
      // Written aside and moved, so that it is never given out half.
      writeFileSync(`${orderFile}.new`, orderText(order));
      renameSync(`${orderFile}.new`, orderFile);
      return WorkProgress.parse(await posted(`/work/${order.id}?`, (body) => WorkProgress.parse(body).state !== 'running'));
    },
  };
}

let built: { folder: string; manifest: Manifest } | undefined;
/** The image, built once for all tests of a file. */
export function builtImage(): { folder: string; manifest: Manifest } {
  if (built) return built;
  const folder = path.resolve(import.meta.dirname, '../../../node_modules/.cache/validation-image/tested');
  const started = performance.now();
  const manifest = buildValidationImage({ out: folder });
  const sizes = Object.entries(manifest.outputs).map(([name, { bytes }]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`).join(', ');
  console.log(`validation image: ${sizes}, built in ${seconds(started)}`);
  return (built = { folder, manifest });
}

/** The time since then, to be printed. */
export const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
