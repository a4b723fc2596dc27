import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { freePort } from '../../../../infra/local/postgres.ts';
import { systems } from '../../../../shared/adapters/systems.ts';
import { SystemView } from '../../../../shared/domain/systems/systems.api.ts';
import { until } from '../../../kit/until.ts';
import { settingsFor } from '../../../simulators/index.ts';
import { Lab } from '../../../simulators/kit/lab.ts';
import { netboxStandIn } from '../../../simulators/netbox/system.ts';
import { oidcStandIn } from '../../../simulators/oidc/system.ts';
import { takeToken } from '../../../simulators/oidc/take-token.ts';
import { vaultStandIn } from '../../../simulators/vault/system.ts';

const needed = [netboxStandIn, vaultStandIn, oidcStandIn];
const patienceMilliseconds = 120_000;

const nothingSet = Object.fromEntries(systems.flatMap(({ described }) => described.map(({ name }) => [name, ''])));

/** `npm start` with these settings: empty ones keep a local.settings.json of this checkout out of it. */
const start = (settings: Record<string, string>): ChildProcess =>
  spawn(process.execPath, ['infra/local/start.ts'], {
    env: { PATH: process.env['PATH'], ...nothingSet, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('npm start without the lab', () => {
  const lab = new Lab({ simulators: needed.map(({ simulator }) => simulator) });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-lab-off-'));
  let platform: ChildProcess;
  let url: string;
  let said = '';
  beforeAll(async () => {
    await lab.listen();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    platform = start({ ...settingsFor(lab, needed), LAB: 'off', DATA_DIR: folder, PORT: String(port) });
    platform.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    platform.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await until(
      'the greeting',
      () => {
        if (platform.exitCode !== null) throw new Error(`It ended: ${said}`);
        return said.includes('Ctrl-C');
      },
      patienceMilliseconds,
    );
  }, patienceMilliseconds + 10_000);
  afterAll(async () => {
    const ended = platform.exitCode === null ? once(platform, 'exit') : undefined;
    platform.kill('SIGTERM');
    await ended;
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const get = async (address: string, signIn: string) =>
    fetch(`${url}${address}`, { headers: { authorization: `Bearer ${await takeToken(`${lab.url}/oidc`, signIn)}` } });

  it('starts on an empty database with NetBox, Vault and an issuer alone', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const me = await get('/api/v1/me', 'ops@rackline.example');
    expect(me.status).toBe(200);
  });

  it('tells operators which systems are on and what is not done without the others', async () => {
    const answer = await get('/api/v1/systems', 'ops@rackline.example');
    const { items } = z.object({ items: z.array(SystemView) }).parse(await answer.json());
    expect(items.filter(({ isOn }) => isOn).map(({ name }) => name)).toEqual(['oidc', 'netbox', 'vault']);
    expect(items.find(({ name }) => name === 'awx')).toMatchObject({
      isOn: false,
      address: null,
      settings: ['AWX_URL', 'AWX_TOKEN'],
      capabilities: [{ name: 'hardening and burn-in' }],
    });
    expect((await get('/api/v1/systems', 'tenant-admin@acme.example')).status).toBe(403);
  });

  it('says so at the start, a line for each capability', () => {
    const log = readFileSync(path.join(folder, 'rackline.log'), 'utf8');
    const lines = log.split('\n').filter((line) => line.includes('"a capability is off'));
    const optional = systems.filter(({ isOptional }) => isOptional).flatMap(({ capabilities }) => capabilities);
    expect(lines).toHaveLength(optional.length);
    for (const text of [
      'carrier tracking (UPS): off. ',
      'To turn it on set UPS_URL, UPS_CLIENT_ID, UPS_CLIENT_SECRET.',
      'tickets: off. ',
    ]) {
      expect(lines.join('\n')).toContain(text);
      expect(said).toContain(text);
    }
  });

  it('refuses to start without a system that it needs, and names the settings', async () => {
    const { VAULT_ADDR: _address, VAULT_TOKEN: _token, ...rest } = settingsFor(lab, needed);
    const other = start({ ...rest, LAB: 'off', DATA_DIR: path.join(folder, 'other'), PORT: String(await freePort()) });
    let complaint = '';
    other.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
    const [code] = await once(other, 'close');
    expect(code).toBe(1);
    expect(complaint).toContain('Without the lab these settings are needed too: VAULT_ADDR.');
  }, 60_000);
});
