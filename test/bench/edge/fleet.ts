// Many simulated BMCs in a process of their own: fleet.ts COUNT SHARE-SLOW SHARE-DEAD. Says on stdout where each
// answers; each line on stdin is answered with what their session tables have seen.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { freePort } from '../../simulators/bmc/addresses.ts';
import { BmcFleet } from '../../simulators/bmc/fleet.ts';
import type { ProfileName } from '../../simulators/bmc/hardware.ts';
import { aServer } from '../../simulators/bmc/stand.ts';
import { Lab } from '../../simulators/kit/lab.ts';

export interface FleetSays {
  controllers: {
    serial: string;
    address: string;
    kind: 'well' | 'slow' | 'dead';
    username: string;
    password: string;
  }[];
}
export interface SessionsSaid {
  /** The most that any controller ever had open at a time. */
  most: number;
  /** Open now, of all. */
  open: number;
  requests: number;
}

const [count = 100, slow = 0.05, dead = 0.01] = process.argv.slice(2).map(Number);
const profiles: ProfileName[] = ['dell-idrac9', 'hpe-ilo6', 'lenovo-xcc', 'supermicro', 'openbmc'];
/** What a BMC under load needs for one answer. */
const slowMilliseconds = 2000;

const port = await freePort();
const leased = new Set<string>();
const fleet = new BmcFleet({ port, onLease: ({ serial }) => void leased.add(serial) });
const most = new Map<string, number>();
let requests = 0;
const lab = new Lab({
  simulators: [fleet.simulator as never],
  speed: 100_000,
  observe: ({ request }) => {
    requests += 1;
    const [, serial = ''] = request.path.split('/');
    most.set(serial, Math.max(most.get(serial) ?? 0, fleet.record(serial)?.sessions.length ?? 0));
  },
});
await fleet.attach(lab);

const controllers: FleetSays['controllers'] = [];
for (let number = 0; number < count; number++) {
  const kind = number < count * dead ? 'dead' : number < count * (dead + slow) ? 'slow' : 'well';
  const server = aServer(profiles[number % profiles.length] ?? 'openbmc', {
    serial: `SWEEP${number}`,
    datacenter: 'dc-fra-01',
  });
  const address = await fleet.plugIn(server);
  if (kind === 'slow') fleet.setFault(server.serial, { kind: 'slow', milliseconds: slowMilliseconds });
  controllers.push({ serial: server.serial, address, kind, ...server.factoryAccount });
}
while (leased.size < count) await new Promise((resolve) => void setTimeout(resolve, 20));
for (const { serial, kind, address } of controllers) {
  if (kind !== 'dead') continue;
  await fleet.unplug(serial);
  // It takes connections and says nothing, which is worse than refusing them.
  const { hostname } = new URL(address);
  await new Promise<void>((resolve) => void createServer().listen(port, hostname, resolve));
}
process.stdout.write(`${JSON.stringify({ controllers } satisfies FleetSays)}\n`);

for await (const _question of createInterface({ input: process.stdin })) {
  const open = controllers.reduce((sum, { serial }) => sum + (fleet.record(serial)?.sessions.length ?? 0), 0);
  process.stdout.write(
    `${JSON.stringify({ most: Math.max(0, ...most.values()), open, requests } satisfies SessionsSaid)}\n`,
  );
}
process.exit(0);
