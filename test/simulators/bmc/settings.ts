import { z } from 'zod';
import { json, type SimAnswer } from '../kit/simulator.ts';
import { accepted, problem } from './answers.ts';
import type { Machine } from './machine.ts';
import type { Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource, service } from './resource.ts';
import type { BmcRecord } from './state.ts';
import { normal, type Resource } from './tree.ts';

/** What people set on a BMC and on its host's BIOS, and what is to be set at the host's next start. */
export interface Settings {
  bios: Record<string, string>;
  pendingBios: Record<string, string>;
  protocols: Record<string, { ProtocolEnabled: boolean; Port: number }>;
  sessionTimeout?: number;
}

const factoryBios = {
  BootMode: 'Uefi',
  LogicalProc: 'Enabled',
  ProcVirtualization: 'Enabled',
  SysProfile: 'PerfPerWattOptimizedDapc',
};

export const factorySettings = (): Settings => ({
  bios: { ...factoryBios },
  pendingBios: {},
  protocols: {
    HTTP: { ProtocolEnabled: true, Port: 80 },
    HTTPS: { ProtocolEnabled: true, Port: 443 },
    SSH: { ProtocolEnabled: true, Port: 22 },
    IPMI: { ProtocolEnabled: false, Port: 623 },
    SNMP: { ProtocolEnabled: true, Port: 161 },
  },
});

interface Places {
  bios: string;
  pending: string;
  protocols: string;
  ports: string;
}
const placesOf = ({ ids }: Profile): Places => {
  const [system, manager] = [`${service}/Systems/${ids.system}`, `${service}/Managers/${ids.manager}`];
  return {
    bios: `${system}/Bios`,
    pending: `${system}/Bios/Settings`,
    protocols: `${manager}/NetworkProtocol`,
    ports: `${manager}/EthernetInterfaces`,
  };
};

export const settingsLinks = (profile: Profile) => {
  const { bios, protocols, ports } = placesOf(profile);
  return {
    system: { Bios: link(bios) },
    manager: { NetworkProtocol: link(protocols), EthernetInterfaces: link(ports) },
  };
};

export function settingsResources(profile: Profile, { settings, hardware, address }: BmcRecord): Resource[] {
  const { bios, pending, protocols, ports } = placesOf(profile);
  return [
    resource(bios, 'Bios.v1_2_0.Bios', {
      Name: 'BIOS',
      Attributes: settings.bios,
      '@Redfish.Settings': {
        '@odata.type': '#Settings.v1_3_0.Settings',
        SettingsObject: link(pending),
        SupportedApplyTimes: ['OnReset'],
      },
      Actions: { '#Bios.ResetBios': { target: `${bios}/Actions/Bios.ResetBios` } },
    }),
    resource(pending, 'Bios.v1_2_0.Bios', { Name: 'BIOS at the next start', Attributes: settings.pendingBios }),
    resource(protocols, 'ManagerNetworkProtocol.v1_9_0.ManagerNetworkProtocol', {
      Status: healthy,
      HostName: hardware.serial.toLowerCase(),
      ...settings.protocols,
    }),
    ...collection(ports, 'EthernetInterface', [
      resource(`${ports}/1`, 'EthernetInterface.v1_6_4.EthernetInterface', {
        Name: 'Manager Ethernet Interface',
        MACAddress: hardware.bmcMac.toUpperCase(),
        PermanentMACAddress: hardware.bmcMac.toUpperCase(),
        LinkStatus: 'LinkUp',
        SpeedMbps: 1000,
        InterfaceEnabled: true,
        Status: healthy,
        IPv4Addresses: address
          ? [{ Address: address.host, AddressOrigin: 'DHCP', SubnetMask: '255.255.0.0', Gateway: null }]
          : [],
      }),
    ]),
  ];
}

const Bios = z.object({ Attributes: z.record(z.string(), z.string()) });
const Protocols = z.record(z.string(), z.object({ ProtocolEnabled: z.boolean(), Port: z.number().int() }).partial());
const Sessions = z.object({ SessionTimeout: z.number().int().min(30).max(86_400) });

/** PATCH of what can be set. Undefined for paths that are none of these. */
export function changeSettings({ record, profile }: Machine, path: string, body: unknown): SimAnswer | undefined {
  if (!profile) return undefined;
  const { settings } = record;
  const { pending, protocols } = placesOf(profile);
  const refused = () =>
    problem(400, 'PropertyValueTypeError', 'A property is unknown or its value cannot be accepted.');
  if (normal(path) === normal(pending)) {
    const change = Bios.safeParse(body);
    if (!change.success || Object.keys(change.data.Attributes).some((name) => !(name in settings.bios)))
      return refused();
    Object.assign(settings.pendingBios, change.data.Attributes);
    return json(202, undefined);
  }
  if (normal(path) === normal(protocols)) {
    const change = Protocols.safeParse(body);
    if (!change.success || Object.keys(change.data).some((name) => !(name in settings.protocols))) return refused();
    for (const [name, value] of Object.entries(change.data)) Object.assign(settings.protocols[name] ?? {}, value);
    return accepted();
  }
  if (normal(path) === normal(`${service}/SessionService`)) {
    const change = Sessions.safeParse(body);
    if (!change.success) return refused();
    settings.sessionTimeout = change.data.SessionTimeout;
    return accepted();
  }
  return undefined;
}

export function resetBios({ record, profile }: Machine, path: string): SimAnswer | undefined {
  if (!profile || normal(path) !== normal(`${placesOf(profile).bios}/Actions/Bios.ResetBios`)) return undefined;
  record.settings.pendingBios = { ...factoryBios };
  return accepted();
}

/** In the host's POST. */
export function applyBiosSettings({ settings }: BmcRecord): void {
  Object.assign(settings.bios, settings.pendingBios);
  settings.pendingBios = {};
}
