import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { fileOf, readReleaseKey, statementOf } from '../../../../edge/update/release.ts';
import { Updater, type UpdaterOptions } from '../../../../edge/update/updater.ts';
import type { EdgeRelease } from '../../../../shared/domain/edge/agents.api.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const code = 'export const agent = 2;\n';
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
function aRelease(version = '2.0.0', more: Partial<EdgeRelease> = {}, key: KeyObject = privateKey): EdgeRelease {
  const sha256 = more.sha256 ?? digestOf(code);
  return {
    version,
    url: 'https://releases.example/agent',
    sha256,
    signature: sign(null, statementOf({ version, sha256 }), key).toString('base64'),
    ...more,
  };
}

let folder: string;
let downloads: number;
let handOvers: number;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'rackline-update-')), 'releases');
  downloads = 0;
  handOvers = 0;
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));
const anUpdater = (more: Partial<UpdaterOptions> = {}) =>
  new Updater({
    folder,
    version: '1.0.0',
    rolledBack: undefined,
    key: publicKey,
    isLaunched: true,
    log: silentEdgeLog,
    handOver: () => (handOvers += 1),
    download: async (_release, file) => {
      downloads += 1;
      writeFileSync(file, code);
    },
    ...more,
  });

describe('an agent that is to be another release', () => {
  it('fetches it, puts it in place, names it to the launcher, and hands over once', async () => {
    const updater = anUpdater();
    await updater.consider(aRelease());
    await updater.consider(aRelease());
    expect(readFileSync(path.join(folder, fileOf('2.0.0')), 'utf8')).toBe(code);
    expect(readFileSync(path.join(folder, 'next'), 'utf8')).toBe('2.0.0\n');
    expect([downloads, handOvers]).toEqual([1, 1]);
    expect(updater.status()).toEqual({ version: '1.0.0', wanted: '2.0.0', state: 'handing-over', reason: null });
  });

  it('does not fetch again what a crash has left whole', async () => {
    await anUpdater().consider(aRelease());
    await anUpdater().consider(aRelease());
    expect([downloads, handOvers]).toEqual([1, 2]);
  });

  it.each([
    ['none is wanted', null],
    ['it is what is wanted', aRelease('1.0.0')],
  ])('stays what it is where %s', async (_why, release) => {
    const updater = anUpdater();
    await updater.consider(release);
    expect(updater.status().state).toBe('current');
    expect([downloads, handOvers]).toEqual([0, 0]);
  });

  const other = generateKeyPairSync('ed25519').privateKey;
  it.each([
    ['another key', aRelease('2.0.0', {}, other)],
    ['another version', { ...aRelease('1.9.0'), version: '2.0.0' }],
    ['another content', { ...aRelease(), sha256: digestOf('something else') }],
    ['nothing', aRelease('2.0.0', { signature: `${'A'.repeat(86)}==` })],
  ])('does not even fetch one whose signature is over %s', async (_what, release) => {
    const updater = anUpdater();
    await updater.consider(release);
    expect(updater.status()).toMatchObject({ state: 'refused', reason: expect.stringContaining('signature') });
    expect([downloads, handOvers, existsSync(path.join(folder, 'next'))]).toEqual([0, 0, false]);
  });

  it('says why it could not be downloaded, and tries again at the next pull', async () => {
    let isThere = false;
    const updater = anUpdater({
      download: async (_release, file) => {
        downloads += 1;
        if (!isThere) throw new Error('https://releases.example/agent answered 404');
        writeFileSync(file, code);
      },
    });
    await updater.consider(aRelease());
    expect(updater.status()).toMatchObject({ state: 'refused', reason: expect.stringContaining('404') });
    expect(readdirSync(folder)).toEqual([]);
    isThere = true;
    await updater.consider(aRelease());
    expect([downloads, handOvers]).toEqual([2, 1]);
  });

  it('does not go back to one that was taken back, but on to another', async () => {
    const updater = anUpdater({ rolledBack: '2.0.0' });
    await updater.consider(aRelease());
    expect(updater.status()).toMatchObject({ state: 'rolled-back', wanted: '2.0.0' });
    expect(downloads).toBe(0);
    await updater.consider(aRelease('2.0.1'));
    expect(updater.status().state).toBe('handing-over');
  });

  it.each([
    ['it has no key to know releases by', { key: undefined }, /EDGE_RELEASE_KEY/],
    ['there is no launcher to start one', { isLaunched: false }, /launcher/],
  ])('says so, and stays what it is, where %s', async (_why, options, reason) => {
    const updater = anUpdater(options);
    await updater.consider(aRelease());
    expect(updater.status()).toMatchObject({ state: 'off', reason: expect.stringMatching(reason) });
    expect(downloads).toBe(0);
  });
});

describe('the key that releases are known by', () => {
  it('is Ed25519 and nothing else', () => {
    expect(readReleaseKey(publicKey.export({ format: 'pem', type: 'spki' }).toString()).equals(publicKey)).toBe(true);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .publicKey.export({ format: 'pem', type: 'spki' })
      .toString();
    expect(() => readReleaseKey(rsa)).toThrow(/Ed25519; this one is rsa/);
  });
});
