// A server's BMC as a program of its own, inside a namespace: answers Redfish at the address that its DHCP client was
// given, and says on lines of JSON when its host is to be started (and from where) or stopped.
//   netns-bmc.ts HARDWARE-FILE ADDRESS PORT
import { readFileSync } from 'node:fs';
import { BmcFleet } from '../simulators/bmc/fleet.ts';
import type { ServerHardware } from '../simulators/bmc/hardware.ts';
import { Lab } from '../simulators/kit/lab.ts';
import type { Simulator } from '../simulators/kit/simulator.ts';

export type HostPower = { host: 'start'; from: 'network' | 'drive' } | { host: 'stop' };

const [file = '', host = '', port = ''] = process.argv.slice(2);
const hardware = JSON.parse(readFileSync(file, 'utf8')) as ServerHardware;
const say = (power: HostPower) => process.stdout.write(`${JSON.stringify(power)}\n`);
const fleet = new BmcFleet({
  port: Number(port),
  reservedAddress: () => host,
  host: { start: (_serial, from) => say({ host: 'start', from }), stop: () => say({ host: 'stop' }) },
});
// Its minutes pass in seconds.
const lab = new Lab({ simulators: [fleet.simulator] as unknown as Simulator<never>[], speed: 60 });
await lab.listen();
await fleet.attach(lab);
await fleet.plugIn(hardware);
process.stdout.write('plugged in\n');
