// Other people's client against our BMCs: OpenStack's sushy (Debian: apt-get install python3-sushy). Not part of the
// test suite; skipped aloud where sushy is missing.   node test/simulators/bmc/others/sushy-check.ts
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Lab } from '../../kit/lab.ts';
import { freePort } from '../addresses.ts';
import { BmcFleet } from '../fleet.ts';
import { profiles } from '../profiles/index.ts';
import type { ProfileName } from '../hardware.ts';
import { aServer } from '../stand.ts';

const run = promisify(execFile);

async function pythonWithSushy(): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    if (await run(python, ['-c', 'import sushy']).then(() => true, () => false)) return python;
  }
  return undefined;
}

const python = await pythonWithSushy();
if (!python) {
  console.log('SKIPPED: no Python with sushy. Install it with: apt-get install python3-sushy');
} else {
  const leased = new Set<string>();
  const fleet = new BmcFleet({ port: await freePort(), onLease: ({ serial }) => void leased.add(serial) });
  const lab = new Lab({ simulators: [fleet.simulator as never], speed: 600 });
  await fleet.attach(lab);
  for (const profile of Object.keys(profiles) as ProfileName[]) {
    const server = aServer(profile);
    const address = await fleet.plugIn(server);
    while (!leased.has(server.serial)) await new Promise((resolve) => void setTimeout(resolve, 20));
    try {
      const { stdout } = await run(python, [path.join(import.meta.dirname, 'walk_with_sushy.py'), address, server.factoryAccount.username, server.factoryAccount.password], { timeout: 60_000 });
      const left = fleet.record(server.serial)?.sessions.length;
      console.log(`ok    ${profile}: ${stdout.trim()}; sessions left ${left}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAIL  ${profile}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await lab.close();
}
