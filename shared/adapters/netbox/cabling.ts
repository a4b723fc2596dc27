import { AppError } from '../../kernel/errors/app-error.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import type { CablePlan, IntendedCable, Dcim } from '../../ports/dcim.ts';
import { Cable, Device, Interface, PowerOutlet, PowerPort, Rack, type Port } from './contract.ts';
import type { Devices } from './devices.ts';
import { toCablePlan, toMedium, toPortType } from './map.ts';
import type { Netbox } from './rest.ts';

export interface CablingOptions {
  /** The slugs of the device roles whose ports servers are cabled to. */
  peerRoles: Record<CablePlan['kind'], string>;
}

/** How a termination is named in a cable, and where its ports are listed. */
const terminations = {
  network: { near: 'dcim.interface', far: 'dcim.interface', farPath: 'dcim/interfaces', farItem: Interface },
  management: { near: 'dcim.interface', far: 'dcim.interface', farPath: 'dcim/interfaces', farItem: Interface },
  power: { near: 'dcim.powerport', far: 'dcim.poweroutlet', farPath: 'dcim/power-outlets', farItem: PowerOutlet },
} as const;

/**
 * Of two servers planned at once one loses the port and takes the next; when that happens this often, something else is
 * wrong.
 */
const attempts = 8;

export function cablingOf(
  netbox: Netbox,
  devices: Devices,
  options: CablingOptions,
): Pick<Dcim, 'planCables' | 'readCables' | 'confirmCables' | 'removeCables'> {
  const portsOf = async (device: Device) => {
    const [interfaces, powerPorts] = await Promise.all([
      netbox.list('dcim/interfaces', Interface, { device_id: device.id }),
      netbox.list('dcim/power-ports', PowerPort, { device_id: device.id }),
    ]);
    return [
      ...interfaces.map((port) => ({
        port,
        kind: port.mgmt_only ? ('management' as const) : ('network' as const),
        mac: port.primary_mac_address?.mac_address.toLowerCase(),
        type: toPortType(port.type?.value),
      })),
      ...powerPorts.map((port) => ({ port, kind: 'power' as const, mac: undefined, type: {} })),
    ];
  };
  const cablesOf = (device: Device) => netbox.list('dcim/cables', Cable, { device_id: device.id });

  const read = async (device: Device): Promise<IntendedCable[]> => {
    const ports = new Map(
      (await portsOf(device)).map(({ port, kind, mac, type }) => [
        port.name,
        { ...(mac && { mac }), isManagement: kind === 'management', type },
      ]),
    );
    const intended = (await cablesOf(device)).map(async (cable) => {
      const plan = toCablePlan(cable, device.id, ports);
      if (!plan) return [];
      const far = plan.kind === 'power' ? undefined : await farInterface(cable, device.id);
      const peerMac = far?.primary_mac_address?.mac_address.toLowerCase();
      const medium = toMedium(cable.type);
      return [
        {
          ...plan,
          local: ports.get(plan.localPort)?.type ?? {},
          peer: toPortType(far?.type?.value, far?.speed),
          ...(peerMac && { peerMac }),
          ...(medium && { medium }),
        },
      ];
    });
    return (await Promise.all(intended)).flat();
  };
  const farInterface = async (cable: Cable, deviceId: number): Promise<Interface | undefined> => {
    const far = [...cable.a_terminations, ...cable.b_terminations].find(
      (end) =>
        end.object_type === 'dcim.interface' && end.object?.device !== undefined && end.object.device.id !== deviceId,
    );
    return (
      far &&
      (await netbox.list('dcim/interfaces', Interface, { id: far.object_id })).find(({ id }) => id === far.object_id)
    );
  };

  /** The switches or power strips of one kind, those in the server's own rack first, then rack by rack outwards. */
  const peersNear = async (device: Device, kind: CablePlan['kind']): Promise<Device[]> => {
    const here = { site: device.site.slug };
    const [racks, peers] = await Promise.all([
      netbox.list('dcim/racks', Rack, here),
      netbox.list('dcim/devices', Device, { ...here, role: options.peerRoles[kind] }),
    ]);
    const order = racks.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const distance = (peer: Device) =>
      Math.abs(order.indexOf(peer.rack?.name ?? '') - order.indexOf(device.rack?.name ?? ''));
    return peers
      .filter((peer) => peer.rack && peer.role.slug === options.peerRoles[kind])
      .sort((a, b) => distance(a) - distance(b) || (a.name ?? '').localeCompare(b.name ?? ''));
  };

  const freePort = async (
    peer: Device,
    kind: CablePlan['kind'],
    refused: ReadonlySet<number>,
  ): Promise<Port | undefined> => {
    const { farPath, farItem: item } = terminations[kind];
    const ports = await netbox.list(farPath, item, { device_id: peer.id, cabled: false });
    const isUsable = (port: Port & { enabled?: boolean | null | undefined; mgmt_only?: boolean | null | undefined }) =>
      !port.cable && !port.mark_connected && port.enabled !== false && !port.mgmt_only && port.device.id === peer.id;
    return ports.find((port) => isUsable(port) && !refused.has(port.id));
  };

  /**
   * `turn` spreads a server's ports over the switches of its rack: the first to the first, the second to the second.
   */
  const chooseFar = async (
    peers: readonly Device[],
    turn: number,
    kind: CablePlan['kind'],
    refused: ReadonlySet<number>,
  ): Promise<Port | undefined> => {
    const inNearest = peers.filter((peer) => peer.rack?.id === peers[0]?.rack?.id);
    const start = inNearest.length > 0 ? turn % inNearest.length : 0;
    for (const peer of [...inNearest.slice(start), ...inNearest.slice(0, start), ...peers.slice(inNearest.length)]) {
      const port = await freePort(peer, kind, refused);
      if (port) return port;
    }
    return undefined;
  };

  async function cable(
    device: Device,
    near: Port,
    kind: CablePlan['kind'],
    peers: readonly Device[],
    turn: number,
  ): Promise<void> {
    const refused = new Set<number>();
    for (let attempt = 0; attempt < attempts; attempt++) {
      const far = await chooseFar(peers, turn, kind, refused);
      if (!far) break;
      try {
        await netbox.create('dcim/cables', Cable, {
          a_terminations: [{ object_type: terminations[kind].near, object_id: near.id }],
          b_terminations: [{ object_type: terminations[kind].far, object_id: far.id }],
          status: 'planned',
        });
        return;
      } catch (error) {
        // Either end may have been taken a moment ago, even by our own call whose answer was lost.
        if (!isFailure(error, 'invalid', 'unknownOutcome', 'unexpectedAnswer')) throw error;
        if ((await read(device)).some(({ localPort }) => localPort === near.name)) return;
        if (!isFailure(error, 'invalid')) throw error;
        refused.add(far.id);
      }
    }
    throw new AppError({
      code: 'netbox.no-free-port',
      kind: 'no-capacity',
      publicMessage:
        `No free ${kind} port was found for ${near.name} of ${device.name ?? device.id} near rack ` +
        `${device.rack?.name ?? 'unknown'}. Free a port, or add one in NetBox.`,
    });
  }

  return {
    planCables: async (serverId, macs) => {
      const device = await devices.need(serverId);
      if (!device.rack)
        throw new AppError({
          code: 'netbox.not-racked',
          kind: 'conflict',
          publicMessage: `The server ${serverId} stands in no rack yet; cables are planned once it does.`,
        });
      const ports = await portsOf(device);
      for (const kind of ['network', 'management', 'power'] as const) {
        // A type may describe ports that this machine has not, or that nobody asked to cable.
        const ofKind = ports.filter(
          (each) =>
            each.kind === kind &&
            (kind !== 'network' || (each.mac !== undefined && macs.some((mac) => mac.toLowerCase() === each.mac))),
        );
        if (ofKind.every(({ port }) => port.cable)) continue;
        const peers = await peersNear(device, kind);
        for (const [turn, { port }] of ofKind.entries()) if (!port.cable) await cable(device, port, kind, peers, turn);
      }
      return read(device);
    },
    readCables: async (serverId) => read(await devices.need(serverId)),
    confirmCables: async (serverId, localPorts) => {
      const device = await devices.need(serverId);
      const isMeant = ({ a_terminations: a, b_terminations: b }: Cable) =>
        [...a, ...b].some(({ object }) => object?.device?.id === device.id && localPorts.includes(object.name));
      for (const cable of await cablesOf(device))
        if (cable.status?.value !== 'connected' && isMeant(cable))
          await netbox.update('dcim/cables', cable.id, { status: 'connected' });
    },
    removeCables: async (serverId) => {
      const device = await devices.find(serverId);
      for (const { id } of device ? await cablesOf(device) : []) await netbox.remove('dcim/cables', id);
    },
  };
}
