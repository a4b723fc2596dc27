// The company as NetBox knows it before we come: sites, racks with switches and power strips, some machines already
// standing.
import type { Company, Datacenter } from '../kit/company.ts';
import { emptyState, insert, type NetboxState } from './store.ts';

const rackHeight = 48;
const networkPorts = 32;
const managementPorts = 48;
const outlets = 24;

export function seededState(company: Company): NetboxState {
  const state = emptyState();
  const add = (path: string, values: Record<string, unknown>) => insert(state, path, values).id;
  const role = (slug: string, name: string) => add('dcim/device-roles', { name, slug });
  const makers = new Map(
    ['Arista', 'APC', 'Supermicro', 'HPE', 'Dell Inc.'].map((name) => [
      name,
      add('dcim/manufacturers', { name, slug: slugOf(name) }),
    ]),
  );
  const type = (maker: string, model: string, height: number) =>
    add('dcim/device-types', { manufacturer: makers.get(maker), model, slug: slugOf(model), u_height: height });
  const kinds = {
    tor: { role: role('tor-switch', 'Top-of-rack switch'), type: type('Arista', 'DCS-7060CX-32S', 1) },
    management: { role: role('management-switch', 'Management switch'), type: type('Arista', 'DCS-7010T-48', 1) },
    pdu: { role: role('pdu', 'Power distribution unit'), type: type('APC', 'AP8858', 0) },
    server: { role: role('server', 'Server'), type: type('Supermicro', 'SYS-2029U', 2) },
  };
  for (const known of models) describeModel(add, type(known.manufacturer, known.model, known.height), known);
  const managementRole = add('ipam/roles', { name: 'Management', slug: 'management' });
  const regions = new Map<string, number>();
  for (const { id, name } of company.tenants) add('tenancy/tenants', { name, slug: id });
  for (const datacenter of company.datacenters) {
    const region =
      regions.get(datacenter.region) ?? add('dcim/regions', { name: datacenter.region, slug: datacenter.region });
    regions.set(datacenter.region, region);
    const site = add('dcim/sites', { name: datacenter.name, slug: datacenter.id, region, status: 'active' });
    for (const prefix of datacenter.managementPrefixes)
      add('ipam/prefixes', { prefix, scope_type: 'dcim.site', scope_id: site, role: managementRole });
    const panel = add('dcim/power-panels', { site, name: 'Main' });
    for (let number = 1; number <= datacenter.racks; number++)
      fillRack(add, kinds, { datacenter, site, panel, number });
  }
  return state;
}

/** What the company has described of the servers it buys and has: their own ports, and the bays for more. */
const models = [
  ...['ProLiant DL360 Gen11', 'ProLiant DL380 Gen11'].map((model) => ({
    manufacturer: 'HPE',
    model,
    height: model.includes('DL360') ? 1 : 2,
    management: 'iLO',
    ports: ['OCP 1', 'OCP 2'],
    type: 'other',
    supplies: ['PSU 1', 'PSU 2'],
    bays: ['OCP', 'PCIe 1', 'PCIe 2', 'PCIe 3'],
  })),
  ...['PowerEdge R660', 'PowerEdge R760'].map((model) => ({
    manufacturer: 'Dell Inc.',
    model,
    height: model.includes('R660') ? 1 : 2,
    management: 'iDRAC',
    ports: ['NIC 1', 'NIC 2'],
    type: 'other',
    supplies: ['PSU1', 'PSU2'],
    bays: ['OCP 3.0', 'Slot 1', 'Slot 2', 'Slot 3'],
  })),
  {
    manufacturer: 'Supermicro',
    model: 'SYS-121H-TNR',
    height: 1,
    management: 'IPMI',
    ports: ['LAN1', 'LAN2'],
    type: '25gbase-x-sfp28',
    supplies: ['PSU1', 'PSU2'],
    bays: ['AIOM', 'PCIe 1'],
  },
];

const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');

function describeModel(
  add: Add,
  device_type: number,
  { management, ports, type, supplies, bays }: (typeof models)[number],
): void {
  for (const name of ports) add('dcim/interface-templates', { device_type, name, type });
  add('dcim/interface-templates', { device_type, name: management, type: '1000base-t', mgmt_only: true });
  for (const name of supplies) add('dcim/power-port-templates', { device_type, name, type: 'iec-60320-c14' });
  for (const name of bays) add('dcim/module-bay-templates', { device_type, name });
}

type Add = (path: string, values: Record<string, unknown>) => number;
type Kinds = Record<'tor' | 'management' | 'pdu' | 'server', { role: number; type: number }>;

function fillRack(
  add: Add,
  kinds: Kinds,
  { datacenter, site, panel, number }: { datacenter: Datacenter; site: number; panel: number; number: number },
): void {
  const name = `R${String(number).padStart(2, '0')}`;
  const prefix = `${datacenter.id.replace(/^dc-/, '')}-${name.toLowerCase()}`;
  const rack = add('dcim/racks', { name, site, u_height: rackHeight });
  // Older machines fill some racks further than others; the first rack of a hall is nearly empty.
  const standing = number === 1 ? 1 : (number * 5) % 12;
  const device = (kind: keyof Kinds, suffix: string, place: object = {}) =>
    add('dcim/devices', {
      name: `${prefix}-${suffix}`,
      device_type: kinds[kind].type,
      role: kinds[kind].role,
      site,
      rack,
      status: 'active',
      ...place,
    });
  const at = (position: number) => ({ position, face: 'front' });

  for (const [side, unit] of [
    ['a', 48],
    ['b', 47],
  ] as const) {
    const id = device('tor', `tor-${side}`, at(unit));
    for (let port = 1; port <= networkPorts; port++)
      add('dcim/interfaces', {
        device: id,
        name: `Ethernet${port}/1`,
        type: '100gbase-x-qsfp28',
        ...(port <= standing && { mark_connected: true }),
      });
  }
  const management = device('management', 'mgmt', at(46));
  for (let port = 1; port <= managementPorts; port++)
    add('dcim/interfaces', {
      device: management,
      name: `Ethernet${port}`,
      type: '1000base-t',
      ...(port <= standing && { mark_connected: true }),
    });
  for (const [side, kind] of [
    ['a', 'primary'],
    ['b', 'redundant'],
  ] as const) {
    const id = device('pdu', `pdu-${side}`);
    for (let outlet = 1; outlet <= outlets; outlet++)
      add('dcim/power-outlets', {
        device: id,
        name: `Outlet ${outlet}`,
        type: 'iec-60320-c13',
        ...(outlet <= standing && { mark_connected: true }),
      });
    add('dcim/power-feeds', { power_panel: panel, rack, name: `${prefix}-${side}`, type: kind });
  }
  for (let machine = 0; machine < standing; machine++) {
    const id = device('server', `old-${machine + 1}`, {
      ...at(1 + machine * 2),
      serial: `SMC${prefix.replaceAll('-', '').toUpperCase()}${machine + 1}`,
    });
    add('dcim/power-ports', { device: id, name: 'psu1', allocated_draw: 350, mark_connected: true });
  }
}
