import { AppError } from '../../errors/app-error.ts';
import { findOrCreate } from '../../http-client/find-or-create.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { ServerId } from '../../ids.ts';
import { fields } from './custom-fields.ts';
import { Cable, Device, DeviceRole, DeviceType, Interface, MacAddress, Manufacturer, PowerPort, Site } from './contract.ts';
import { slugOf, usualHeight } from './map.ts';
import type { Netbox } from './rest.ts';

export interface DeviceOptions {
  /** The slug of the device role our servers get. */
  serverRole: string;
  /** What one rack unit of server is taken to draw, for the rack's power budget. */
  wattsPerUnit: number;
}

export type Devices = ReturnType<typeof devicesOf>;
export const macPath = 'dcim/mac-addresses';

/** Servers as NetBox devices: found by our id, then by serial; with their ports and MAC addresses. */
export function devicesOf(netbox: Netbox, options: DeviceOptions) {
  // An unknown filter is ignored by NetBox, which then answers everything: so each find compares once more.
  const find = async (serverId: ServerId): Promise<Device | undefined> =>
    (await netbox.list('dcim/devices', Device, { [`cf_${fields.id}`]: serverId })).find((device) => device.custom_fields[fields.id] === serverId);

  const need = async (serverId: ServerId): Promise<Device> => {
    const device = await find(serverId);
    if (!device) throw new AppError({ code: 'netbox.unknown-server', kind: 'not-found', publicMessage: `NetBox holds no device for the server ${serverId}. Receive it first, or restore the field ${fields.id}.` });
    return device;
  };

  const ensureNamed = async <Item extends typeof Manufacturer | typeof DeviceRole>(path: string, item: Item, slug: string, name: string) =>
    findOrCreate(async () => (await netbox.list(path, item, { slug })).find((found) => found.slug === slug), () => netbox.create(path, item, { name, slug }));

  const ensureType = async (manufacturer: string, model: string) => {
    const maker = await ensureNamed('dcim/manufacturers', Manufacturer, slugOf(manufacturer), manufacturer);
    const known = async () => (await netbox.list('dcim/device-types', DeviceType, { model })).find((type) => type.model === model && type.manufacturer.id === maker.id);
    return findOrCreate(known, () => netbox.create('dcim/device-types', DeviceType, { manufacturer: maker.id, model, slug: slugOf(`${manufacturer} ${model}`), u_height: usualHeight(model), is_full_depth: true }));
  };

  const needSite = async (slug: string) => {
    const site = (await netbox.list('dcim/sites', Site, { slug })).find((found) => found.slug === slug);
    if (!site) throw new AppError({ code: 'netbox.unknown-site', kind: 'not-found', publicMessage: `NetBox has no site with the slug ${slug}. Create it, or correct the order's datacenter.` });
    return site;
  };

  /** A record somebody made of this machine becomes ours, unless another server of ours claims it. */
  const adoptBySerial = async (serverId: ServerId, serial: string): Promise<Device | undefined> => {
    const found = (await netbox.list('dcim/devices', Device, { serial })).find((device) => device.serial === serial);
    if (!found) return undefined;
    const owner = found.custom_fields[fields.id];
    if (owner !== undefined && owner !== null && owner !== serverId) {
      throw new AppError({ code: 'netbox.serial-claimed', kind: 'conflict', publicMessage: `The device with serial ${serial} belongs to the server ${String(owner)} already. Find out which record is wrong before receiving it again.` });
    }
    await netbox.update('dcim/devices', found.id, { custom_fields: { [fields.id]: serverId, [fields.origin]: 'adopted' } });
    return found;
  };

  const ensurePorts = async (deviceId: number, ports: readonly { name: string; type: string; mgmt_only: boolean; mac: string }[]): Promise<void> => {
    const interfaces = await netbox.list('dcim/interfaces', Interface, { device_id: deviceId });
    const macs = await netbox.list(macPath, MacAddress, { device_id: deviceId });
    for (const { mac, ...wanted } of ports) {
      const port = interfaces.find(({ name }) => name === wanted.name) ?? (await netbox.create('dcim/interfaces', Interface, { device: deviceId, ...wanted }));
      // NetBox takes the same MAC twice without a word: it has to be looked for.
      const held = macs.find(({ mac_address, assigned_object_id }) => mac_address.toLowerCase() === mac && assigned_object_id === port.id)
        ?? (await netbox.create(macPath, MacAddress, { mac_address: mac.toUpperCase(), assigned_object_type: 'dcim.interface', assigned_object_id: port.id }));
      if (port.primary_mac_address?.id !== held.id) await netbox.update('dcim/interfaces', port.id, { primary_mac_address: held.id });
    }
  };

  /** Two supplies, sharing what the machine is taken to draw. */
  const ensurePower = async (deviceId: number, heightUnits: number): Promise<void> => {
    const known = await netbox.list('dcim/power-ports', PowerPort, { device_id: deviceId });
    for (const name of ['psu1', 'psu2']) {
      if (known.some((port) => port.name === name)) continue;
      await netbox.create('dcim/power-ports', PowerPort, { device: deviceId, name, type: 'iec-60320-c14', allocated_draw: Math.round((options.wattsPerUnit * heightUnits) / 2) });
    }
  };

  const ensureDevice: Inventory['ensureDevice'] = async ({ serverId, serial, model, manufacturer, datacenter, macs, bmcMac }) => {
    const [site, type, role] = [await needSite(datacenter), await ensureType(manufacturer, model), await ensureNamed('dcim/device-roles', DeviceRole, options.serverRole, 'Server')];
    const create = () => netbox.create('dcim/devices', Device, {
      name: serial, serial, device_type: type.id, role: role.id, site: site.id, status: 'inventory', custom_fields: { [fields.id]: serverId, [fields.origin]: 'created' },
    });
    const device = await findOrCreate(async () => (await find(serverId)) ?? (await adoptBySerial(serverId, serial)), create);
    const data = macs.map((mac, index) => ({ name: `nic${index + 1}`, type: 'other', mgmt_only: false, mac: mac.toLowerCase() }));
    await ensurePorts(device.id, [...data, { name: 'bmc', type: '1000base-t', mgmt_only: true, mac: bmcMac.toLowerCase() }]);
    const heightUnits = device.device_type.id === type.id ? type.u_height : ((await netbox.list('dcim/device-types', DeviceType, { id: device.device_type.id }))[0]?.u_height ?? type.u_height);
    await ensurePower(device.id, heightUnits);
    return { deviceId: String(device.id), heightUnits };
  };

  const removeDevice: Inventory['removeDevice'] = async (serverId) => {
    const device = await find(serverId);
    if (!device) return;
    if (device.custom_fields[fields.origin] === 'adopted') {
      const marks = Object.fromEntries(Object.values(fields).map((name) => [name, null]));
      return netbox.update('dcim/devices', device.id, { custom_fields: marks });
    }
    // Cables outlive their device in NetBox and would keep the switch port taken.
    for (const cable of await netbox.list('dcim/cables', Cable, { device_id: device.id })) await netbox.remove('dcim/cables', cable.id);
    await netbox.remove('dcim/devices', device.id);
  };

  return { find, need, ensureDevice, removeDevice };
}
