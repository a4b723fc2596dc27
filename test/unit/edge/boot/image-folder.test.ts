import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readImageFolder } from '../../../../edge/boot/image-folder.ts';
import { pretendImage } from '../../../simulators/edge/pretend-image.ts';

let folder: string;
beforeEach(() => {
  folder = pretendImage(mkdtempSync(path.join(os.tmpdir(), 'rackline-image-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the folder of the validation image', () => {
  it('says which image it holds', async () => {
    expect(await readImageFolder(folder)).toEqual({
      kernel: 'vmlinuz',
      initrd: 'initramfs',
      version: expect.stringContaining('(cloud)'),
    });
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    ['is not there', (at) => rmSync(path.join(at, 'manifest.json')), /manifest\.json cannot be read/],
    [
      'has a manifest that is none',
      (at) => writeFileSync(path.join(at, 'manifest.json'), '{}'),
      /manifest\.json cannot be read/,
    ],
    ['lacks the kernel', (at) => rmSync(path.join(at, 'vmlinuz')), /vmlinuz cannot be read/],
    [
      'was half copied',
      (at) => truncateSync(path.join(at, 'initramfs'), 1000),
      /initramfs is not the one its manifest names/,
    ],
  ])('is refused, with what to do, when it %s', async (_what, spoil, complaint) => {
    spoil(folder);
    await expect(readImageFolder(folder)).rejects.toThrow(complaint);
    await expect(readImageFolder(folder)).rejects.toThrow(/infra\/validation-image\/README\.md/);
  });
});
