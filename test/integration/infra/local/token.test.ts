import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { freePort } from '../../../../infra/local/postgres.ts';
import { Lab } from '../../../simulators/kit/lab.ts';
import type { Simulator } from '../../../simulators/kit/simulator.ts';
import { oidcSimulator } from '../../../simulators/oidc/oidc.ts';

const lab = new Lab({ simulators: [oidcSimulator as unknown as Simulator<never>] });
let platform: Server;
let ports: Record<'PORT' | 'LAB_PORT', string>;
beforeAll(async () => {
  await lab.listen();
  const PORT = await freePort();
  platform = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => void platform.listen(PORT, '127.0.0.1', resolve));
  ports = { PORT: String(PORT), LAB_PORT: new URL(lab.url).port };
});
afterAll(async () => {
  platform.close();
  await lab.close();
});

async function token(args: readonly string[], settings: Record<string, string> = {}) {
  // Elsewhere, so that a local.settings.json of this checkout has no say.
  const script = spawn(process.execPath, [path.resolve('infra/local/token.ts'), ...args], {
    cwd: os.tmpdir(),
    env: { PATH: process.env['PATH'], ...ports, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained] = await Promise.all([text(script.stdout), text(script.stderr)]);
  return { said, complained };
}

describe('the token command', () => {
  it("prints nothing but the person's access token", async () => {
    const { said, complained } = await token(['ops@rackline.example']);
    expect(complained).toBe('');
    expect(decodeJwt(said.trim())).toMatchObject({ email: 'ops@rackline.example', roles: ['ops'] });
  });

  it.each([[['nobody@rackline.example']], [[]]])('names the people there are, asked for %j', async (args) => {
    const { said, complained } = await token(args);
    expect(said).toBe('');
    expect(complained).toContain('  auditor@rackline.example\n');
  });

  it('says what to start and which setting names its port, where nothing answers', async () => {
    const nothing = String(await freePort());
    expect((await token(['ops@rackline.example'], { PORT: nothing })).complained).toBe(
      `The platform does not answer at http://127.0.0.1:${nothing}. Start it with npm start; where it ` +
        `listens on another port, set PORT.\n`,
    );
    expect((await token(['ops@rackline.example'], { LAB_PORT: nothing })).complained).toContain('set LAB_PORT.');
  });

  it("has no token of a real identity provider's people", async () => {
    expect(
      (await token(['ops@rackline.example'], { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_SECRET: 's' }))
        .complained,
    ).toContain('https://id.example');
  });
});
