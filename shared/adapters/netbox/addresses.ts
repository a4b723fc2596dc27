import { AppError } from '../../kernel/errors/app-error.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { ServerId } from '../../kernel/ids.ts';
import type { Dcim } from '../../ports/dcim.ts';
import { Interface, IpAddress, Prefix, type Device } from './contract.ts';
import { fields } from './custom-fields.ts';
import type { Devices } from './devices.ts';
import { hostOf, narrowestMask, withoutMask } from './map.ts';
import type { Netbox } from './rest.ts';

const path = 'ipam/ip-addresses';

/** The address of a server's BMC: given out by DHCP, noted here, and set as the device's out-of-band address. */
export function addressesOf(netbox: Netbox, devices: Devices): Pick<Dcim, 'recordBmcAddress' | 'releaseBmcAddress'> {
  const held = async (serverId: ServerId): Promise<IpAddress[]> =>
    (await netbox.list(path, IpAddress, { [`cf_${fields.id}`]: serverId })).filter(
      (address) => address.custom_fields[fields.id] === serverId,
    );

  const findByHost = async (host: string): Promise<IpAddress | undefined> =>
    (await netbox.list(path, IpAddress, { address: host })).find(({ address }) => withoutMask(address) === host);

  const needBmcPort = async (device: Device) => {
    const ports = (await netbox.list('dcim/interfaces', Interface, { device_id: device.id })).filter(
      ({ mgmt_only }) => mgmt_only,
    );
    const port = ports.find(({ primary_mac_address }) => primary_mac_address) ?? ports[0];
    if (!port)
      throw new AppError({
        code: 'netbox.no-bmc-port',
        kind: 'conflict',
        publicMessage:
          `The device ${device.name ?? device.id} has no interface for management only in NetBox. Add its ` +
          `BMC's, so that its address can be noted.`,
      });
    return port;
  };

  return {
    recordBmcAddress: async (serverId, address) => {
      const host = hostOf(address);
      const device = await devices.need(serverId);
      const port = await needBmcPort(device);
      const mine = {
        assigned_object_type: 'dcim.interface',
        assigned_object_id: port.id,
        status: 'dhcp',
        description: `BMC of ${device.name ?? serverId}`,
        custom_fields: { [fields.id]: serverId },
      };

      for (const old of await held(serverId)) if (withoutMask(old.address) !== host) await netbox.remove(path, old.id);
      const record = await findOrCreate(
        () => findByHost(host),
        async () => {
          const prefixes = await netbox.list('ipam/prefixes', Prefix, { contains: host });
          return netbox.create(path, IpAddress, { address: `${host}/${narrowestMask(prefixes, host)}`, ...mine });
        },
      );
      const owner = record.custom_fields[fields.id];
      if (owner && owner !== serverId) {
        throw new AppError({
          code: 'netbox.address-claimed',
          kind: 'conflict',
          publicMessage:
            `The address ${host} belongs to the server ${String(owner)} in NetBox. One of the two no longer ` +
            'has it: correct the record or the DHCP lease.',
        });
      }
      if (owner !== serverId || record.assigned_object_id !== port.id) await netbox.update(path, record.id, mine);
      if (device.oob_ip?.id !== record.id) await netbox.update('dcim/devices', device.id, { oob_ip: record.id });
    },
    releaseBmcAddress: async (serverId) => {
      for (const { id } of await held(serverId)) await netbox.remove(path, id);
    },
  };
}
