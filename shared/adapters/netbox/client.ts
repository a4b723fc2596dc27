import { z } from 'zod';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { Dcim } from '../../ports/dcim.ts';
import { addressesOf } from './addresses.ts';
import { cablingOf, type CablingOptions } from './cabling.ts';
import { Tenant } from './contract.ts';
import { fields, preparingFields } from './custom-fields.ts';
import { devicesOf, type DeviceOptions } from './devices.ts';
import { mergeFacts, statusOf } from './map.ts';
import { racksOf } from './racks.ts';
import { openNetbox, type NetboxReach } from './rest.ts';

export interface NetboxOptions extends NetboxReach, Partial<DeviceOptions>, Partial<CablingOptions> {}

/**
 * NetBox as the truth about what stands where. `baseUrl` is NetBox's address without `/api`. NetBox knows no
 * idempotency keys: everything is found by our id in a custom field before it is made, and those fields are
 * made before anything is looked for.
 */
export function createNetbox(options: NetboxOptions): Dcim {
  const netbox = openNetbox(options, preparingFields());
  const devices = devicesOf(netbox, {
    serverRole: options.serverRole ?? 'server',
    wattsPerUnit: options.wattsPerUnit ?? 400,
  });

  const ensureTenant = (slug: string) =>
    findOrCreate(
      async () => (await netbox.list('tenancy/tenants', Tenant, { slug })).find((found) => found.slug === slug),
      () => netbox.create('tenancy/tenants', Tenant, { name: slug, slug }),
    );

  return {
    ...racksOf(netbox, devices),
    ensureDevice: devices.ensureDevice,
    removeDevice: devices.removeDevice,
    readProfile: devices.readProfile,
    recordPorts: devices.recordPorts,
    ...cablingOf(netbox, devices, {
      peerRoles: options.peerRoles ?? { network: 'tor-switch', management: 'management-switch', power: 'pdu' },
    }),
    ...addressesOf(netbox, devices),

    mirrorState: async (serverId, mirror) => {
      const device = await devices.find(serverId);
      const known = { state: device?.custom_fields[fields.state], condition: device?.custom_fields[fields.condition] };
      if (!device || (known.state === mirror.state && known.condition === mirror.condition)) return;
      const status = statusOf(mirror);
      await netbox.update('dcim/devices', device.id, {
        ...(status && { status }),
        custom_fields: { [fields.state]: mirror.state, [fields.condition]: mirror.condition },
      });
      if (known.state === mirror.state) return;
      // A courtesy to whoever reads NetBox: losing this line loses nothing we keep.
      await netbox.create('extras/journal-entries', z.unknown(), {
        assigned_object_type: 'dcim.device',
        assigned_object_id: device.id,
        kind: 'info',
        comments: `${mirror.state} (${mirror.condition})`,
      });
    },
    recordFacts: async (serverId, facts) => {
      const device = await devices.need(serverId);
      await netbox.update('dcim/devices', device.id, {
        custom_fields: { [fields.facts]: mergeFacts(device.custom_fields[fields.facts], facts) },
      });
    },
    setTenant: async (serverId, tenant) => {
      const device = tenant === null ? await devices.find(serverId) : await devices.need(serverId);
      if (!device || (device.tenant?.slug ?? null) === tenant) return;
      await netbox.update('dcim/devices', device.id, {
        tenant: tenant === null ? null : (await ensureTenant(tenant)).id,
      });
    },
  };
}
