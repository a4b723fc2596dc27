import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fileOf } from '../../../edge/update/release.ts';
import { signRelease } from '../../../infra/edge/sign-release.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import type { EdgeRelease } from '../../../shared/domain/edge/agents.api.ts';
import { until } from '../../kit/until.ts';
import { macOf } from '../../unit/edge/events.ts';
import { PretendPlatform } from './kit.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
/** Long enough for a release to start on a busy machine. */
const trialSeconds = 12;

/** Agents as they are published, and things that call themselves agents. */
const releases: Record<string, string> = {
  dies: 'process.exit(3);\n',
  sleeps: 'setInterval(() => {}, 1000);\n',
};

/** Built and signed as releases are: by the command. */
function build(version: string): { code: string; announced: { sha256: string; signature: string } } {
  const out = mkdtempSync(path.join(os.tmpdir(), 'rackline-build-'));
  try {
    writeFileSync(path.join(out, 'key.pem'), signingKey);
    const announced = execFileSync(
      process.execPath,
      ['infra/edge/build.ts', '--version', version, '--key', path.join(out, 'key.pem'), '--out', out],
      { encoding: 'utf8' },
    );
    return {
      code: readFileSync(path.join(out, fileOf(version)), 'utf8'),
      announced: JSON.parse(announced) as { sha256: string; signature: string },
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

let platform: PretendPlatform;
let publisher: Server;
let published: Map<string, { body: string; stalls?: boolean }>;
let asked: string[];
let folder: string;
let port: number;
let launcher: ChildProcess | undefined;
let said: string[];

beforeAll(async () => {
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) releases[version] = build(version).code;
  publisher = createServer((request, response) => {
    asked.push(request.url ?? '');
    const found = published.get(request.url ?? '');
    if (!found) return void response.writeHead(404).end();
    if (!found.stalls) return void response.writeHead(200).end(found.body);
    response.writeHead(200).write(found.body.slice(0, 1000));
  });
  publisher.listen(0, '127.0.0.1');
  await once(publisher, 'listening');
});
afterAll(() => {
  publisher.closeAllConnections();
  publisher.close();
});

beforeEach(async () => {
  platform = new PretendPlatform();
  await platform.listen();
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-update-'));
  published = new Map();
  asked = [];
  said = [];
  port = await freePort();
  writeFileSync(path.join(folder, 'release-key.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
  mkdirSync(inReleases(''));
  writeFileSync(inReleases(fileOf('1.0.0')), releases['1.0.0'] ?? '');
});
afterEach(async () => {
  await stop('SIGTERM');
  publisher.closeAllConnections();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const inReleases = (name: string) => path.join(folder, 'releases', name);
const state = () =>
  JSON.parse(readFileSync(inReleases('state.json'), 'utf8')) as {
    current: string;
    previous: string | null;
    onTrial: boolean;
    rolledBack: string | null;
  };
const hasState = (wanted: object) =>
  existsSync(inReleases('state.json')) &&
  Object.entries(wanted).every(([key, value]) => Reflect.get(state(), key) === value);

function launch(more: Record<string, string> = {}): void {
  const env = {
    PATH: process.env['PATH'],
    ...platform.environment(folder, 'dc-nyc-01'),
    EDGE_LISTEN: `127.0.0.1:${port}`,
    EDGE_RELEASE_KEY: path.join(folder, 'release-key.pem'),
    ...more,
  };
  const child = spawn(process.execPath, ['edge/launch.mjs', '--trial-seconds', String(trialSeconds)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  launcher = child;
}
async function stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  const child = launcher;
  launcher = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
  return child.exitCode;
}

interface Health {
  version: string;
  update: { state: string; wanted: string | null; reason: string | null };
}
const health = async (): Promise<Health | undefined> => {
  try {
    return (await (
      await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1000) })
    ).json()) as Health;
  } catch {
    return undefined; // between two lives
  }
};
const untilRuns = (version: string) => until(`${version} to run`, async () => (await health())?.version === version);
const untilUpdateIs = (wanted: string) =>
  until(`the update to be ${wanted}`, async () => (await health())?.update.state === wanted);

/** Publishes a release and tells the platform's agents to be it. */
function offer(
  version: string,
  {
    code = releases[version] ?? '',
    stalls = false,
    ...wrong
  }: Partial<EdgeRelease> & { code?: string; stalls?: boolean } = {},
): void {
  published.set(`/${version}`, { body: code, stalls });
  const address = publisher.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/${version}`;
  platform.configuration = { pullSeconds: 1, release: { url, ...signRelease(code, version, signingKey), ...wrong } };
  platform.configurationEtag = `"${version} ${code.length}"`;
}
const lease = (machine: number) =>
  fetch(`http://127.0.0.1:${port}/lease`, {
    method: 'POST',
    body: JSON.stringify({ mac: macOf(machine), address: '10.0.0.9' }),
  }).then(
    ({ status }) => status === 202,
    () => false,
  );

describe('an agent that is to run another release', () => {
  it('runs it within a minute, loses no event meanwhile, and passes its trial by staying alive', async () => {
    platform.configuration = { pullSeconds: 1 };
    launch();
    await untilRuns('1.0.0');
    platform.fault = Array.from({ length: 10_000 }, () => 503);
    let kept = 0;
    offer('2.0.0');
    const began = Date.now();
    while ((await health())?.version !== '2.0.0') if (await lease(kept)) kept += 1;
    const took = Date.now() - began;
    platform.fault = [];
    await until('every event to arrive', () => new Set(platform.taken.map(({ id }) => id)).size === kept);
    expect(state()).toMatchObject({ current: '2.0.0', previous: '1.0.0', onTrial: true });
    await until('the trial to be over', () => hasState({ onTrial: false }));
    process.stdout.write(
      `update: from one release to the next in ${took} ms; ${kept} events reported meanwhile, all arrived\n`,
    );
    expect(state()).toMatchObject({ current: '2.0.0', previous: '1.0.0', rolledBack: null });
    expect(said.join('\n')).toMatch(/a new release is tried[\s\S]*the new release does/);

    offer('3.0.0');
    await untilRuns('3.0.0');
    await until('the trial to be over', () => hasState({ current: '3.0.0', onTrial: false }));
    await until('the oldest to be gone', () => !existsSync(inReleases(fileOf('1.0.0'))));
    expect(readdirSync(inReleases('')).sort()).toEqual([fileOf('2.0.0'), fileOf('3.0.0'), 'state.json']);
  });

  it.each([
    [
      'has another digest than announced',
      () => offer('2.0.0', { ...signRelease('something else', '2.0.0', signingKey) }),
      /the digest [0-9a-f]{64}; [0-9a-f]{64} was announced/,
      true,
    ],
    [
      'is signed by another',
      () =>
        offer('2.0.0', {
          ...signRelease(
            releases['2.0.0'] ?? '',
            '2.0.0',
            generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
          ),
        }),
      /signature/,
      false,
    ],
    ['is larger than any agent', () => offer('2.0.0', { code: '/'.repeat(65_000_000) }), /larger than/, true],
    [
      'is not there',
      () => {
        offer('2.0.0');
        published.clear();
      },
      /answered 404/,
      true,
    ],
  ])(
    'stays what it is, and says so, where that %s',
    async (_what, wrongOffer, reason, isAskedFor) => {
      wrongOffer();
      launch();
      await untilUpdateIs('refused');
      expect(await health()).toMatchObject({
        version: '1.0.0',
        update: { wanted: '2.0.0', reason: expect.stringMatching(reason) },
      });
      expect(
        readdirSync(inReleases(''))
          .filter((name) => !name.endsWith('.part'))
          .sort(),
      ).toEqual([fileOf('1.0.0'), 'state.json']);
      expect(asked.length > 0).toBe(isAskedFor);
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
        'rackline_edge_update_refused{datacenter="dc-nyc-01"} 1',
      );
    },
    90_000,
  );

  it.each([
    ['dies', /it ended with 3/],
    ['sleeps', /did not become healthy/],
  ])('is what it was again where the new one %s, says so, and does not try it again', async (version, reason) => {
    offer(version);
    launch();
    await until('it to be rolled back', () => hasState({ rolledBack: version }));
    await untilUpdateIs('rolled-back');
    expect(await health()).toMatchObject({ version: '1.0.0', update: { wanted: version } });
    expect(said.join('\n')).toMatch(reason);
    const pulls = platform.asked.length;
    await until('it to pull a few times more', () => platform.asked.length > pulls + 10);
    expect(state()).toMatchObject({ current: '1.0.0', onTrial: false, rolledBack: version });
    expect(asked).toHaveLength(1);

    offer('2.0.0');
    await untilRuns('2.0.0'); // and another one is tried
  });

  it('never changes itself without a key, and says so', async () => {
    offer('2.0.0');
    launch({ EDGE_RELEASE_KEY: '' });
    await untilUpdateIs('off');
    expect(await health()).toMatchObject({
      version: '1.0.0',
      update: { wanted: '2.0.0', reason: expect.stringContaining('EDGE_RELEASE_KEY') },
    });
    expect(asked).toEqual([]);
  });
});

const onLinux = process.platform === 'linux';
(onLinux ? describe : describe.skip)(
  `a crash in the middle of it${onLinux ? '' : ' (skipped: only Linux tells which process is the launcher’s child)'}`,
  () => {
    it('while it is fetched leaves what there was, and it is fetched again', async () => {
      offer('2.0.0', { stalls: true });
      launch();
      await until('half of it to be there', () => existsSync(inReleases(`${fileOf('2.0.0')}.part`)));
      await killAgent();
      published.set('/2.0.0', { body: releases['2.0.0'] ?? '' });
      await untilRuns('2.0.0');
    });

    it('of the launcher, wherever it is, ends in the new release or in the old one, running', async () => {
      launch();
      await untilRuns('1.0.0');
      offer('2.0.0');
      await until('the hand-over to begin', () => existsSync(inReleases('next')) || hasState({ current: '2.0.0' }));
      await stop('SIGKILL');
      await until('its agent to have noticed', async () => (await health()) === undefined);
      launch();
      await untilRuns('2.0.0');
      await until('the trial to be over', () => hasState({ current: '2.0.0', onTrial: false }));
    });

    it('of the agent on trial counts, but one is none', async () => {
      offer('2.0.0');
      launch();
      await untilRuns('2.0.0');
      await killAgent();
      await untilRuns('2.0.0');
      expect(state()).toMatchObject({ current: '2.0.0', onTrial: true });
    });

    async function killAgent(): Promise<void> {
      const pid = Number(
        readFileSync(`/proc/${launcher?.pid}/task/${launcher?.pid}/children`, 'utf8').trim().split(' ')[0],
      );
      process.kill(pid, 'SIGKILL');
      await until('it to be gone', async () => (await health()) === undefined || !existsSync(`/proc/${pid}`));
    }
  },
);

describe('the launcher', () => {
  it('ends with its agent when it is asked to', async () => {
    launch();
    await untilRuns('1.0.0');
    expect(await stop('SIGTERM')).toBe(0);
    expect(await health()).toBeUndefined();
  });

  it('says what is missing where there is no release', async () => {
    rmSync(inReleases(fileOf('1.0.0')));
    launch();
    await until('it to end', () => launcher?.exitCode === 1);
    expect(said.join()).toMatch(/there is no release in/);
  });

  it('starts the highest version where nothing was noted yet', async () => {
    writeFileSync(inReleases(fileOf('0.9.10')), releases['dies'] ?? '');
    writeFileSync(inReleases(fileOf('0.10.0')), releases['dies'] ?? '');
    launch();
    await untilRuns('1.0.0');
  });
});

describe('a build of the agent', () => {
  it('is the same again, byte by byte, with its digest and signature, and needs nothing beside Node', () => {
    const again = build('1.0.0');
    expect(again.code).toBe(releases['1.0.0']);
    expect(again.announced.sha256).toBe(createHash('sha256').update(again.code).digest('hex'));
    expect(again.announced).toMatchObject(signRelease(again.code, '1.0.0', signingKey));
    const imported = [...again.code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = '']) => name);
    expect(imported.filter((name) => !isBuiltin(name))).toEqual([]);
  });
});
