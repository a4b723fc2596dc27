import { AppError } from '../../kernel/errors/app-error.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { ServerId } from '../../kernel/ids.ts';
import type { Dcim, MeasuredPort } from '../../ports/dcim.ts';
import { Cable, Device, DeviceRole, DeviceType, Manufacturer, Site } from './contract.ts';
import { fields } from './custom-fields.ts';
import { slugOf, usualHeight } from './map.ts';
import { portsOf } from './ports.ts';
import type { Netbox } from './rest.ts';

export interface DeviceOptions {
  /** The slug of the device role our servers get. */
  serverRole: string;
  /** What one rack unit of server is taken to draw, for the rack's power budget. */
  wattsPerUnit: number;
}

export type Devices = ReturnType<typeof devicesOf>;

/** Servers as NetBox devices: found by our id, then by serial; with their ports and MAC addresses. */
export function devicesOf(netbox: Netbox, options: DeviceOptions) {
  const ports = portsOf(netbox);

  // An unknown filter is ignored by NetBox, which then answers everything: so each find compares once more.
  const find = async (serverId: ServerId): Promise<Device | undefined> =>
    (await netbox.list('dcim/devices', Device, { [`cf_${fields.id}`]: serverId })).find(
      (device) => device.custom_fields[fields.id] === serverId,
    );

  const need = async (serverId: ServerId): Promise<Device> => {
    const device = await find(serverId);
    if (!device)
      throw new AppError({
        code: 'netbox.unknown-server',
        kind: 'not-found',
        publicMessage:
          `NetBox holds no device for the server ${serverId}. Receive it first, or restore the field ` +
          `${fields.id}.`,
      });
    return device;
  };

  const ensureNamed = async <Item extends typeof Manufacturer | typeof DeviceRole>(
    path: string,
    item: Item,
    slug: string,
    name: string,
  ) =>
    findOrCreate(
      async () => (await netbox.list(path, item, { slug })).find((found) => found.slug === slug),
      () => netbox.create(path, item, { name, slug }),
    );

  const ensureType = async (manufacturer: string, model: string) => {
    const maker = await ensureNamed('dcim/manufacturers', Manufacturer, slugOf(manufacturer), manufacturer);
    const known = async () =>
      (await netbox.list('dcim/device-types', DeviceType, { model })).find(
        (type) => type.model === model && type.manufacturer.id === maker.id,
      );
    return findOrCreate(known, () =>
      netbox.create('dcim/device-types', DeviceType, {
        manufacturer: maker.id,
        model,
        slug: slugOf(`${manufacturer} ${model}`),
        u_height: usualHeight(model),
        is_full_depth: true,
      }),
    );
  };

  const needSite = async (slug: string) => {
    const site = (await netbox.list('dcim/sites', Site, { slug })).find((found) => found.slug === slug);
    if (!site)
      throw new AppError({
        code: 'netbox.unknown-site',
        kind: 'not-found',
        publicMessage: `NetBox has no site with the slug ${slug}. Create it, or correct the order's datacenter.`,
      });
    return site;
  };

  /** A record somebody made of this machine becomes ours, unless another server of ours claims it. */
  const adoptBySerial = async (serverId: ServerId, serial: string): Promise<Device | undefined> => {
    const found = (await netbox.list('dcim/devices', Device, { serial })).find((device) => device.serial === serial);
    if (!found) return undefined;
    const owner = found.custom_fields[fields.id];
    if (owner !== undefined && owner !== null && owner !== serverId) {
      throw new AppError({
        code: 'netbox.serial-claimed',
        kind: 'conflict',
        publicMessage:
          `The device with serial ${serial} belongs to the server ${String(owner)} already. Find out which ` +
          'record is wrong before receiving it again.',
      });
    }
    await netbox.update('dcim/devices', found.id, {
      custom_fields: { [fields.id]: serverId, [fields.origin]: 'adopted' },
    });
    return found;
  };

  const ensureDevice: Dcim['ensureDevice'] = async ({
    serverId,
    serial,
    model,
    manufacturer,
    datacenter,
    macs,
    bmcMac,
    portSpeedMbps,
  }) => {
    const [site, type, role] = [
      await needSite(datacenter),
      await ensureType(manufacturer, model),
      await ensureNamed('dcim/device-roles', DeviceRole, options.serverRole, 'Server'),
    ];
    const create = () =>
      netbox.create('dcim/devices', Device, {
        name: serial,
        serial,
        device_type: type.id,
        role: role.id,
        site: site.id,
        status: 'inventory',
        custom_fields: { [fields.id]: serverId, [fields.origin]: 'created' },
      });
    const device = await findOrCreate(
      async () => (await find(serverId)) ?? (await adoptBySerial(serverId, serial)),
      create,
    );
    await ports.ensurePorts(device.id, { macs, bmcMac, portSpeedMbps });
    const heightUnits =
      device.device_type.id === type.id
        ? type.u_height
        : ((await netbox.list('dcim/device-types', DeviceType, { id: device.device_type.id }))[0]?.u_height ??
          type.u_height);
    await ports.ensurePower(device.id, options.wattsPerUnit * heightUnits);
    return { deviceId: String(device.id), heightUnits };
  };

  const removeDevice: Dcim['removeDevice'] = async (serverId) => {
    const device = await find(serverId);
    if (!device) return;
    if (device.custom_fields[fields.origin] === 'adopted') {
      const marks = Object.fromEntries(Object.values(fields).map((name) => [name, null]));
      return netbox.update('dcim/devices', device.id, { custom_fields: marks });
    }
    // Cables outlive their device in NetBox and would keep the switch port taken.
    for (const cable of await netbox.list('dcim/cables', Cable, { device_id: device.id }))
      await netbox.remove('dcim/cables', cable.id);
    await netbox.remove('dcim/devices', device.id);
  };

  return {
    find,
    need,
    ensureDevice,
    removeDevice,
    readProfile: async (serverId: ServerId) => ports.readProfile(await need(serverId)),
    recordPorts: async (serverId: ServerId, measured: readonly MeasuredPort[]) =>
      ports.recordPorts(await need(serverId), measured),
  };
}
