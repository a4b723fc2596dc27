// The lab as a process: the simulated company on LAB_PORT, kept in DATA_DIR/lab.json across restarts.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createNetbox } from '../../shared/adapters/netbox/client.ts';
import { createVault } from '../../shared/adapters/vault/client.ts';
import type { AssetView } from '../../shared/domain/assets/assets.api.ts';
import { factorySecret } from '../../shared/domain/credentials/bmc-access.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { Secret } from '../../shared/kernel/secret.ts';
import { publicUrl, readSettings } from '../../shared/wiring/settings.ts';
import { BmcFleet } from './bmc/fleet.ts';
import { factoryAccount, hardwareFromManifest } from './bmc/hardware.ts';
import { controlApi } from './control/control.ts';
import { agentsOf } from './edge/agents.ts';
import { createEdge, type EdgeMessage } from './edge/edge.ts';
import { pretendImage } from './edge/pretend-image.ts';
import { companySimulators, machinesDelivered, settingsFor } from './index.ts';
import { company } from './kit/company.ts';
import { Lab, type LabSnapshot } from './kit/lab.ts';
import type { Simulator } from './kit/simulator.ts';
import { netboxAccount } from './netbox/netbox.ts';
import { Staff } from './people/staff.ts';
import { shelfOf } from './shelf.ts';
import { vaultAccount } from './vault/vault.ts';

const saveEveryMilliseconds = 1000;

const settings = readSettings();
const platform = publicUrl(settings);
const stateFile = path.join(settings.DATA_DIR, 'lab.json');
const saved = existsSync(stateFile)
  ? (JSON.parse(readFileSync(stateFile, 'utf8')) as LabSnapshot & { streamPosition?: number })
  : undefined;
let streamPosition = saved?.streamPosition;

const say = (message: EdgeMessage) => lab.context('edge').tell('edge', 'report', message);
const fleet = new BmcFleet({
  onLease: ({ datacenter, mac, address, port }) => say({ datacenter, lease: { mac, address, port } }),
  bootScript: (datacenter) => agents.bootScriptOf(datacenter),
});
const agents = agentsOf(company, { listen: process.env['EDGE_LISTEN'], bootListen: process.env['EDGE_BOOT_LISTEN'] });
const edge = createEdge({ agentOf: (datacenter) => agents.urlOf(datacenter), speed: settings.LAB_SPEED });
const lab = new Lab({
  simulators: [
    ...companySimulators,
    fleet.simulator,
    edge,
    controlApi(() => lab, fleet),
  ] as unknown as Simulator<never>[],
  speed: settings.LAB_SPEED,
  saved,
});

await lab.listen(settings.LAB_PORT);
await fleet.attach(lab);
const safe = createVault({ baseUrl: `${lab.url}/vault`, login: { token: new Secret(vaultAccount.token) } });
for (const manufacturer of ['Dell Inc.', 'HPE', 'Supermicro', 'Lenovo'])
  await safe.write(factorySecret(manufacturer), factoryAccount(manufacturer), { createOnly: true });

const dcim = createNetbox({ baseUrl: `${lab.url}/netbox`, token: new Secret(netboxAccount.token) });
async function plugIn({ id, serial, datacenterId }: Pick<AssetView, 'id' | 'serial' | 'datacenterId'>): Promise<void> {
  const item = [...machinesDelivered(lab), ...shelfOf(company)].find((each) => each.serial === serial);
  if (!item) return console.error(`hands: there is no machine ${serial} to plug in`);
  await fleet.plugIn(
    hardwareFromManifest(item, { datacenter: datacenterId, cables: await dcim.readCables(ServerId.parse(id)) }),
  );
}
const staff = new Staff({
  company,
  platform,
  issuer: `${lab.url}/oidc`,
  isAutopilot: settings.LAB_AUTOPILOT === 'on',
  elsewhere: (process.env['LAB_ELSEWHERE'] ?? '').split(','),
  workMilliseconds: Math.min(5000, 60_000 / settings.LAB_SPEED),
  position: { get: () => streamPosition, set: (sequence) => (streamPosition = sequence) },
  hands: {
    cable: plugIn,
    pullCables: async ({ serial }) => void (serial && (await fleet.unplug(serial))),
    repair: async ({ serial }) => void (serial && fleet.plant(serial)),
    inspect: async (asset) => {
      if (!fleet.record(asset.serial ?? '')?.isPlugged) await plugIn(asset);
      if (!fleet.record(asset.serial ?? '')) return;
      fleet.plant(asset.serial ?? '');
      fleet.clearFaults(asset.serial ?? '');
    },
  },
});
staff.start();

let savedChanges = -1;
function save(): void {
  if (savedChanges === lab.changes) return;
  savedChanges = lab.changes;
  mkdirSync(settings.DATA_DIR, { recursive: true });
  writeFileSync(`${stateFile}.new`, JSON.stringify({ ...lab.snapshot(), streamPosition }));
  renameSync(`${stateFile}.new`, stateFile);
}
const saving = setInterval(save, saveEveryMilliseconds);

async function stop(): Promise<void> {
  clearInterval(saving);
  staff.stop();
  await lab.close();
  savedChanges = -1;
  save();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
console.log(
  JSON.stringify({
    ready: true,
    url: lab.url,
    settings: settingsFor(lab),
    image: pretendImage(path.resolve(settings.DATA_DIR, 'lab-image')),
  }),
);
