import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAgent, type Agent } from '../../../edge/agent.ts';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import { IdentityFiles } from '../../../edge/platform/identity-files.ts';
import { until } from '../../kit/until.ts';
import { macOf, nyc } from '../../unit/edge/events.ts';
import { anIdentityAt, PretendPlatform } from './kit.ts';

let platform: PretendPlatform;
let folder: string;
const newFolder = () => mkdtempSync(path.join(os.tmpdir(), 'rackline-agent-'));
beforeAll(async () => {
  platform = new PretendPlatform();
  await platform.listen();
});
afterAll(() => platform.close());
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('an identity that is killed in the middle of any write', () => {
  /** Answers how the process ended. */
  const run = async (code: string, { killAt = 0, daysLater = 0 } = {}): Promise<'done' | 'killed'> => {
    const args = [
      '--folder',
      folder,
      '--url',
      platform.url,
      '--authority',
      platform.authorityFile,
      '--code',
      code,
      '--kill-at',
      String(killAt),
      '--days-later',
      String(daysLater),
    ];
    const child = spawn(process.execPath, ['test/integration/edge/identity-process.ts', ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [exit, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (signal === 'SIGKILL') return 'killed';
    expect(exit).toBe(0);
    return 'done';
  };
  const emptied = () => readdirSync(folder).forEach((name) => rmSync(path.join(folder, name)));

  it('comes in with its one code all the same, as one agent', async () => {
    let kills = 0;
    for (let killAt = 1; (await run(`dc-nyc-01#in-${killAt}`, { killAt })) === 'killed'; killAt++) {
      kills += 1;
      expect(await run(`dc-nyc-01#in-${killAt}`)).toBe('done');
      expect(readdirSync(folder)).toEqual(['identity.pem']);
      emptied();
    }
    process.stdout.write(`identity: killed at each of ${kills} writes while coming in; came in each time\n`);
    expect(kills).toBeGreaterThanOrEqual(8);
    expect(new Set(platform.issued.map(({ agent }) => agent)).size).toBe(kills + 1); // one for each code
  });

  it('has the old certificate or the new one, and renews then', async () => {
    const code = 'dc-nyc-01#renew';
    await run(code);
    let kills = 0;
    for (let killAt = 1, daysLater = 5; (await run(code, { killAt, daysLater })) === 'killed'; killAt++) {
      kills += 1;
      expect(new IdentityFiles(folder).read()).toMatchObject({ datacenter: 'dc-nyc-01' });
      expect(await run(code, { daysLater })).toBe('done');
      expect(readdirSync(folder)).toEqual(['identity.pem']);
    }
    process.stdout.write(`identity: killed at each of ${kills} writes while renewing; it had one all the time\n`);
    expect(kills).toBeGreaterThanOrEqual(8);
  });
});

describe('an agent', () => {
  let agent: Agent;
  const start = async (code: string | null = 'dc-nyc-01#agent') => {
    agent = await startAgent({
      datacenter: nyc,
      folder,
      journalBytes: 10_000_000,
      address: { host: '127.0.0.1', port: 0 },
      log: silentEdgeLog,
      ...anIdentityAt(platform, folder, nyc, { code }),
    });
  };
  let leases = 0;
  /** Each with another address: a lease that is only renewed is not reported. */
  const lease = async (machine: number) => {
    leases += 1;
    const answer = await fetch(`${agent.url}/lease`, {
      method: 'POST',
      body: JSON.stringify({
        mac: macOf(machine),
        address: `10.${leases >> 16}.${(leases >> 8) & 255}.${leases & 255}`,
      }),
    });
    expect(answer.status).toBe(202);
  };
  const health = async () => (await (await fetch(`${agent.url}/healthz`)).json()) as Record<string, unknown>;
  beforeEach(() => {
    platform.taken.length = 0;
    platform.lifetimeMilliseconds = 7 * 86_400_000;
  });
  afterEach(() => agent.stop());

  it('renews its certificate again and again while events go by, loses none and sends none twice', async () => {
    platform.lifetimeMilliseconds = 3000; // and a second before: renewed every other second
    await start('dc-nyc-01#renewing');
    const renewals = () => platform.issued.filter((each) => each.path.endsWith('renew')).length;
    const before = renewals();
    let sent = 0;
    while (renewals() - before < 6) await lease(sent++ % 20);
    platform.lifetimeMilliseconds = 7 * 86_400_000;
    await until('every event to arrive', () => new Set(platform.taken.map(({ id }) => id)).size === sent);
    process.stdout.write(
      `identity: ${renewals() - before} renewals while ${sent} events went by; ${platform.taken.length - sent} twice\n`,
    );
    expect(platform.taken).toHaveLength(sent);
  });

  it('that is not enrolled keeps its events, says what it needs, and sends them once it is enrolled', async () => {
    await start(null);
    await lease(1);
    expect(await health()).toMatchObject({
      condition: 'cut-off',
      identity: { state: 'none', reason: expect.stringContaining('no certificate') },
      journal: { events: 1 },
    });
    expect(await (await fetch(`${agent.url}/metrics`)).text()).toContain(
      'rackline_edge_identity_valid{datacenter="dc-nyc-01"} 0',
    );
    await agent.stop();
    await start('dc-nyc-01#late');
    await until('the event to arrive', () => platform.taken.length === 1);
    await until('its health', async () => (await health())['condition'] === 'ok');
    expect(await (await fetch(`${agent.url}/metrics`)).text()).toContain(
      'rackline_edge_identity_valid{datacenter="dc-nyc-01"} 1',
    );
  });

  it('that was revoked keeps its events and stops calling, until a new code enrols it', async () => {
    await start('dc-nyc-01#shut-out');
    await until('its configuration', () => agent.configuration.status().confirmedAt !== null);
    const name = platform.issued.at(-1)?.agent ?? '';
    const entries = () => platform.asked.filter((each) => each.path === '/api/v1/edge/enrol').length;
    const before = entries();
    platform.revoked.add(name);
    await lease(1);
    await until(
      'it to notice, and its code to be refused as well',
      () => entries() > before && agent.status().identity.reason?.includes('403') === true,
    );
    expect(await health()).toMatchObject({
      condition: 'cut-off',
      journal: { events: 1 },
      identity: { state: 'refused' },
    });
    await until(
      'the calls that were under way to have ended',
      () => agent.status().commands.role === 'cut-off' || agent.status().commands.reason !== null,
    );
    await lease(2);
    const [asked, failures] = [platform.asked.length, agent.status().link.failures];
    await until('the uplink to have tried a few times more', () => agent.status().link.failures > failures + 2);
    expect(platform.asked.slice(asked)).toEqual([]);
    await agent.stop();
    await start('dc-nyc-01#another');
    await until('both events to arrive', () => platform.taken.length === 2);
    expect(platform.issued.at(-1)?.agent).not.toBe(name);
  });

  it('keeps its configuration while the link is down, also after a restart, and then takes a new one', async () => {
    platform.configuration = { managementPrefixes: ['10.20.0.0/16'], pullSeconds: 1 };
    platform.configurationEtag = '"kept"';
    await start('dc-nyc-01#configured');
    await until('its configuration', () => agent.configuration.managementPrefixes.length === 1);
    const asked = () => platform.asked.filter((each) => each.path === '/api/v1/edge/config').length;
    const before = asked();
    await until('it to ask again', () => asked() > before);
    expect(agent.configuration.status()).toMatchObject({
      managementPrefixes: ['10.20.0.0/16'],
      pullSeconds: 1,
      reason: null,
    });

    await platform.goAway();
    await agent.stop();
    await start(null);
    expect(agent.configuration.managementPrefixes).toEqual(['10.20.0.0/16']);
    await until('it to have noticed', () => agent.configuration.status().reason !== null);
    expect(agent.configuration.managementPrefixes).toEqual(['10.20.0.0/16']);

    platform.configuration = { managementPrefixes: ['10.20.0.0/16', 'fd00:20::/32'], pullSeconds: 1 };
    platform.configurationEtag = '"newer"';
    await platform.listen();
    await until('the new one', () => agent.configuration.managementPrefixes.length === 2);
  });

  it('does not take a configuration for another datacenter', async () => {
    platform.configuration = { datacenter: 'dc-fra-01' as never };
    platform.configurationEtag = '"foreign"';
    await start('dc-nyc-01#foreign');
    await until('it to complain', () => agent.configuration.status().reason !== null);
    expect(agent.configuration.status()).toMatchObject({
      managementPrefixes: [],
      reason: expect.stringContaining('that of dc-fra-01'),
    });
    platform.configuration = {};
    platform.configurationEtag = '"1"';
  });
});
