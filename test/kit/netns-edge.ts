import { startBootServer } from '../../edge/boot/boot-server.ts';
import type { ScriptSettings } from '../../edge/boot/scripts.ts';
// The DHCP and boot parts of an edge agent as a program of their own, because a program has to be inside a namespace to
// be heard there. Takes its settings as JSON, writes what it sees as one JSON line each.
import { createKeaControl } from '../../edge/dhcp/kea-control.ts';
import { catchUp, type Lease } from '../../edge/dhcp/lease.ts';
import { startProxyDhcp } from '../../edge/dhcp/proxy-dhcp.ts';
import type { State } from '../../shared/lifecycle/states.ts';

export interface EdgeSettings {
  address: string;
  filesDirectory: string;
  images?: ScriptSettings['images'];
  /** By MAC. */
  states?: Record<string, State>;
  proxyDhcp?: boolean;
  /** Kea's control address, to read its leases from once. */
  kea?: string;
}

/** What it writes. */
export type Seen =
  | { seen: 'lease'; lease: Lease }
  | { seen: 'boot'; mac: string; architecture?: string; serial?: string; choice: string }
  | { seen: 'trouble'; reason: string }
  | { seen: 'ready' }
  | { seen: 'caught-up'; count: number };

const say = (line: Seen) => process.stdout.write(`${JSON.stringify(line)}\n`);
const onLease = (lease: Lease) => {
  say({ seen: 'lease', lease });
  return Promise.resolve();
};
const onFault = (reason: string) => say({ seen: 'trouble', reason });

const settings = JSON.parse(process.argv[2] ?? '{}') as EdgeSettings;
const boot = await startBootServer({
  host: settings.address,
  port: 8081,
  filesDirectory: settings.filesDirectory,
  images: settings.images ?? {},
  waitSeconds: 2,
  stateOf: (mac) => settings.states?.[mac],
  tokenFor: () => 't1',
  onReport: () => Promise.resolve({ status: 204 }),
  onBoot: ({ mac, architecture, serial }, { choice }) =>
    say({ seen: 'boot', mac, choice, ...(architecture && { architecture }), ...(serial && { serial }) }),
  onFault,
});
if (settings.proxyDhcp) {
  await startProxyDhcp({
    serverAddress: settings.address,
    tftpAddress: settings.address,
    scriptUrl: `${boot.url}/boot.ipxe`,
    filesUrl: `${boot.url}/files/`,
    onLease,
    onFault,
  });
}
if (settings.kea !== undefined)
  say({ seen: 'caught-up', count: await catchUp(createKeaControl({ baseUrl: settings.kea }).leases(), onLease) });
say({ seen: 'ready' });
