import { AppError } from '../../kernel/errors/app-error.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import type { Dcim, Rack as RackWithUse } from '../../ports/dcim.ts';
import { Device, DeviceType, PowerFeed, PowerPort, Rack, Site } from './contract.ts';
import type { Devices } from './devices.ts';
import { occupantAt, reasonOf, toRack } from './map.ts';
import type { Netbox } from './rest.ts';

/** The racks of one site, with what stands in them and what it draws. */
async function racksIn(netbox: Netbox, site: string): Promise<RackWithUse[]> {
  const here = { site };
  const [racks, devices, types, feeds, powerPorts] = await Promise.all([
    netbox.list('dcim/racks', Rack, here),
    netbox.list('dcim/devices', Device, here),
    netbox.list('dcim/device-types', DeviceType),
    netbox.list('dcim/power-feeds', PowerFeed, here),
    netbox.list('dcim/power-ports', PowerPort, here),
  ]);
  const heights = new Map(types.map((type) => [type.id, type.u_height]));
  const drawByDevice = new Map<number, number>();
  for (const port of powerPorts)
    drawByDevice.set(port.device.id, (drawByDevice.get(port.device.id) ?? 0) + (port.allocated_draw ?? 0));
  return racks.map((rack) => toRack(rack, { devices, heights, feeds, drawByDevice }));
}

/**
 * Our datacenters are NetBox's sites, named by their slug; a slug that cannot be a datacenter id is somebody else's
 * site.
 */
export function racksOf(
  netbox: Netbox,
  devices: Devices,
): Pick<Dcim, 'listDatacenters' | 'listRacks' | 'placeDevice' | 'unplaceDevice'> {
  return {
    listDatacenters: async () => {
      const sites = await netbox.list('dcim/sites', Site, { status: 'active' });
      return sites.flatMap(({ slug, name, region }) => {
        const id = DatacenterId.safeParse(slug);
        return id.success ? [{ id: id.data, name, region: region?.slug ?? 'unknown' }] : [];
      });
    },
    listRacks: (datacenter) => racksIn(netbox, datacenter),

    placeDevice: async (serverId, place) => {
      const device = await devices.need(serverId);
      const answer = await netbox.tryUpdate('dcim/devices', device.id, {
        rack: Number(place.rackId),
        position: place.unit,
        face: 'front',
      });
      if (answer.outcome === 'updated') return { outcome: 'placed' };
      const reason = reasonOf(answer.complaints);
      if (!('position' in answer.complaints))
        throw new AppError({
          code: 'netbox.refused',
          kind: 'invalid',
          publicMessage: `NetBox does not place ${serverId} in ${place.rackName}: ${reason}.`,
        });
      const rack = (await racksIn(netbox, device.site.slug)).find(({ id }) => id === place.rackId);
      return { outcome: 'taken', by: (rack && occupantAt(rack, place.unit, place.heightUnits)) ?? reason };
    },
    unplaceDevice: async (serverId) => {
      const device = await devices.find(serverId);
      if (device?.rack) await netbox.update('dcim/devices', device.id, { rack: null, position: null, face: '' });
    },
  };
}
