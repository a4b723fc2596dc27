import type { MeasuredPort, ModelProfile } from '../../ports/dcim.ts';
import {
  BayTemplate,
  DeviceType,
  Interface,
  InterfaceTemplate,
  MacAddress,
  PowerPort,
  PowerPortTemplate,
  type Device,
} from './contract.ts';
import { toPortType } from './map.ts';
import type { Netbox } from './rest.ts';

const macPath = 'dcim/mac-addresses';

interface WantedPort {
  name: string;
  type: string;
  mgmt_only: boolean;
  mac: string;
  /** Whether a port that is there already can be this one. */
  suits(port: Interface): boolean;
}

/** Something one can plug a cable into. */
const isPlug = ({ type }: Pick<Interface, 'type'>): boolean =>
  !['virtual', 'lag', 'bridge'].includes(type?.value ?? '');

/** A device's ports: those its type gives it, those we add, and the MAC addresses on them. */
export function portsOf(netbox: Netbox) {
  /** Gives an interface its MAC address. NetBox takes the same MAC twice without a word: it has to be looked for. */
  const ensureMac = async (port: Interface, mac: string, known: readonly MacAddress[]): Promise<void> => {
    const held =
      known.find(
        ({ mac_address, assigned_object_id }) => mac_address.toLowerCase() === mac && assigned_object_id === port.id,
      ) ??
      (await netbox.create(macPath, MacAddress, {
        mac_address: mac.toUpperCase(),
        assigned_object_type: 'dcim.interface',
        assigned_object_id: port.id,
      }));
    if (port.primary_mac_address?.id !== held.id)
      await netbox.update('dcim/interfaces', port.id, { primary_mac_address: held.id });
  };

  /**
   * Each MAC address on a port of its own: where it is already, else on one that the type gave the device, else on a
   * new one.
   */
  const ensurePorts = async (
    deviceId: number,
    {
      macs: data,
      bmcMac,
      portSpeedMbps,
    }: { macs: readonly string[]; bmcMac: string; portSpeedMbps?: number | undefined },
  ): Promise<void> => {
    const isFastEnough = (port: Interface) => {
      const speed = toPortType(port.type?.value).speedMbps;
      return isPlug(port) && (speed === undefined || portSpeedMbps === undefined || speed === portSpeedMbps);
    };
    const wanted: readonly WantedPort[] = [
      ...data.map((mac, index) => ({
        name: `nic${index + 1}`,
        type: 'other',
        mgmt_only: false,
        mac: mac.toLowerCase(),
        suits: isFastEnough,
      })),
      { name: 'bmc', type: '1000base-t', mgmt_only: true, mac: bmcMac.toLowerCase(), suits: isPlug },
    ];
    const interfaces = await netbox.list('dcim/interfaces', Interface, { device_id: deviceId });
    const macs = await netbox.list(macPath, MacAddress, { device_id: deviceId });
    const taken = new Set(macs.map(({ assigned_object_id }) => assigned_object_id));
    for (const { mac, suits, ...values } of wanted) {
      const holder = macs.find(({ mac_address }) => mac_address.toLowerCase() === mac)?.assigned_object_id;
      const port =
        interfaces.find(({ id }) => id === holder) ??
        interfaces.find(
          (each) => !taken.has(each.id) && (each.mgmt_only ?? false) === values.mgmt_only && suits(each),
        ) ??
        (await netbox.create('dcim/interfaces', Interface, { device: deviceId, ...values }));
      taken.add(port.id);
      await ensureMac(port, mac, macs);
    }
  };

  /** Two supplies where its type names none; all share the watts that the machine is taken to draw. */
  const ensurePower = async (deviceId: number, watts: number): Promise<void> => {
    const known = await netbox.list('dcim/power-ports', PowerPort, { device_id: deviceId });
    const drawOf = (supplies: number) => Math.round(watts / supplies);
    const own = known.filter(({ name }) => name !== 'psu1' && name !== 'psu2');
    for (const { id, allocated_draw } of own)
      if (!allocated_draw) await netbox.update('dcim/power-ports', id, { allocated_draw: drawOf(own.length) });
    for (const name of own.length > 0 ? [] : ['psu1', 'psu2']) {
      if (known.some((port) => port.name === name)) continue;
      await netbox.create('dcim/power-ports', PowerPort, {
        device: deviceId,
        name,
        type: 'iec-60320-c14',
        allocated_draw: drawOf(2),
      });
    }
  };

  const readProfile = async ({ device_type: { id } }: Device): Promise<ModelProfile> => {
    const ofType = { device_type_id: id };
    const [types, interfaces, powerPorts, ...bays] = await Promise.all([
      netbox.list('dcim/device-types', DeviceType, { id }),
      netbox.list('dcim/interface-templates', InterfaceTemplate, ofType),
      netbox.list('dcim/power-port-templates', PowerPortTemplate, ofType),
      netbox.list('dcim/module-bay-templates', BayTemplate, ofType),
      netbox.list('dcim/device-bay-templates', BayTemplate, ofType),
    ]);
    const type = types.find((each) => each.id === id);
    const isOfType = (template: { device_type?: { id: number } | null | undefined }) => template.device_type?.id === id;
    const plugs = interfaces.filter((each) => isOfType(each) && isPlug(each));
    const names = (all: readonly { name: string; device_type?: { id: number } | null | undefined }[]) =>
      all.filter(isOfType).map(({ name }) => name);
    return {
      manufacturer: type?.manufacturer.name ?? 'unknown',
      model: type?.model ?? 'unknown',
      heightUnits: type?.u_height ?? 0,
      networkPorts: plugs
        .filter(({ mgmt_only }) => !mgmt_only)
        .map(({ name, type: kind }) => ({ name, ...toPortType(kind?.value) })),
      managementPorts: plugs.filter(({ mgmt_only }) => mgmt_only).map(({ name }) => name),
      powerPorts: names(powerPorts),
      bays: bays.flatMap(names),
    };
  };

  const recordPorts = async (device: Device, measured: readonly MeasuredPort[]): Promise<void> => {
    const interfaces = await netbox.list('dcim/interfaces', Interface, { device_id: device.id });
    const macs = await netbox.list(macPath, MacAddress, { device_id: device.id });
    for (const { name, mac: text } of measured) {
      const mac = text.toLowerCase();
      const description = `${name} in the machine's own system`;
      const holder = macs.find(({ mac_address }) => mac_address.toLowerCase() === mac)?.assigned_object_id;
      const port =
        interfaces.find(({ id }) => id === holder) ??
        interfaces.find((each) => each.name === name && !each.primary_mac_address) ??
        (await netbox.create('dcim/interfaces', Interface, {
          device: device.id,
          name: interfaces.some((each) => each.name === name) ? `${name} ${mac}` : name,
          type: 'other',
          mgmt_only: false,
          description,
        }));
      await ensureMac(port, mac, macs);
      if (port.description !== description) await netbox.update('dcim/interfaces', port.id, { description });
    }
  };

  return { ensurePorts, ensurePower, readProfile, recordPorts };
}
