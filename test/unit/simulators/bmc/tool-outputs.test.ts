import { describe, expect, it } from '@jest/globals';
import { receiveInventory } from '../../../../edge/image-jobs/receive.ts';
import type { ServerFacts } from '../../../../shared/facts/server.ts';
import {
  actualHardware,
  hardwareFromManifest,
  type PhysicalFault,
  type ServerHardware,
} from '../../../simulators/bmc/hardware.ts';
import { toolOutputs } from '../../../simulators/bmc/tool-outputs.ts';
import { posted } from '../../edge/image-jobs/image.ts';

const storages = ['4x 3.84TB NVMe', '2x 960GB SATA SSD', '12x 8TB HDD 7.2k'];
const makers: [string, string][] = [
  ['Dell Inc.', 'PowerEdge R760'],
  ['HPE', 'ProLiant DL380 Gen11'],
  ['Supermicro', 'SYS-121H-TNR'],
];
const installed = { bios: '2.16', nic: '28.39.1002', storage: 'HPK4' };

function aMachine(
  storage: string,
  [manufacturer, model]: [string, string],
  faults: readonly PhysicalFault[] = [],
): ServerHardware {
  const item = {
    serial: 'CZ2600001',
    manufacturer,
    model,
    bmcMac: '5c:ed:8c:00:00:10',
    macs: ['94:40:c9:00:00:10', '94:40:c9:00:00:11'],
    config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage, network: '2x 100GbE' },
  };
  const cables = item.macs.map((localMac, index) => ({
    kind: 'network' as const,
    localPort: `nic${index}`,
    localMac,
    peerDevice: `leaf-${index + 1}`,
    peerPort: `Ethernet1/${index + 1}`,
  }));
  return actualHardware(hardwareFromManifest(item, { datacenter: 'dc-nyc-01', cables }), faults);
}

/** What its facts have to be, straight from the hardware. */
function factsOf(server: ServerHardware): Partial<ServerFacts> {
  const isCabled = (port: string) => server.cables.some(({ localPort }) => localPort === port);
  return {
    source: 'validation-image',
    identity: {
      manufacturer: server.manufacturer,
      model: server.model,
      serial: server.serial,
      sku: server.sku,
      uuid: server.uuid,
    },
    processors: server.processors.map((cpu, index) => ({ socket: `CPU${index + 1}`, ...cpu })),
    memory: { totalMiB: server.memory.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0), modules: server.memory },
    networkPorts: server.networkPorts.map(({ name, mac, speedMbps }) => ({
      name,
      mac,
      ...(isCabled(name) && { speedMbps }),
      isLinkUp: isCabled(name),
    })),
    neighbours: server.cables.map(({ localPort, switchName, switchPort }) => ({
      localPort,
      systemName: switchName,
      portId: switchPort,
    })),
  };
}

describe('what the tools print on a simulated machine', () => {
  it.each(makers.flatMap((maker) => storages.map((storage) => [maker[0], storage, maker] as const)))(
    'is read as the machine it is printed on: %s with %s',
    (_maker, storage, maker) => {
      const server = aMachine(storage, maker);
      const { serial, facts } = receiveInventory(posted(toolOutputs(server, installed)));
      expect(serial).toBe(server.serial);
      expect(facts).toMatchObject(factsOf(server));
      expect(facts.unread).toBeUndefined();
      expect(
        facts.drives?.map(({ model, serial: number, sizeBytes, media, health }) => ({
          model,
          serial: number,
          sizeBytes,
          media,
          health,
        })),
      ).toEqual(
        server.drives.map(({ model, serial: number, sizeBytes, media }) => ({
          model,
          serial: number,
          sizeBytes,
          media,
          health: 'ok',
        })),
      );
      expect(new Set(facts.drives?.map(({ name }) => name)).size).toBe(server.drives.length);
      expect(facts.drives?.every(({ erase }) => (erase?.methods.length ?? 0) > 0)).toBe(true);
      expect(facts.optics?.map(({ port, kind }) => [port, kind])).toEqual([
        ['eno1', 'QSFP28'],
        ['eno2', 'QSFP28'],
      ]);
      expect(facts.firmware).toEqual(
        expect.arrayContaining([
          { component: 'bios', name: 'BIOS', version: installed.bios },
          expect.objectContaining({ component: 'nic', version: installed.nic }),
          expect.objectContaining({ component: 'storage', version: installed.storage }),
        ]),
      );
    },
  );

  it('shows what is wrong with it', () => {
    const faults: PhysicalFault[] = [
      { kind: 'wrong-dimm', slot: 'A2', sizeMiB: 16384 },
      { kind: 'missing-dimm', slot: 'A3' },
      { kind: 'link-down', port: 'eno2' },
      { kind: 'missing-drive', name: 'Bay 1' },
      { kind: 'wrong-serial', component: 'system', serial: 'OTHER' },
    ];
    const server = aMachine('4x 3.84TB NVMe', ['HPE', 'DL380'], faults);
    const { serial, facts } = receiveInventory(posted(toolOutputs(server, installed)));
    expect(serial).toBe('OTHER');
    expect(facts).toMatchObject(factsOf(server));
    expect(facts.drives).toHaveLength(3);
    expect(facts.networkPorts?.[1]).toEqual({ name: 'eno2', mac: '94:40:c9:00:00:11', isLinkUp: false });
  });

  it('is told by lshw alone where dmidecode says nothing', () => {
    const server = aMachine('2x 960GB SATA SSD', ['HPE', 'DL380']);
    const { lshw, lldp } = toolOutputs(server, installed);
    const { facts } = receiveInventory(posted({ lshw: lshw ?? '', lldp: lldp ?? '' }));
    const expected = factsOf(server);
    expect(facts).toMatchObject({
      ...expected,
      memory: {
        ...expected.memory,
        modules: server.memory.map(({ slot, sizeMiB, serial }) => ({ slot, sizeMiB, serial })),
      },
    });
    expect(facts.drives?.map(({ name, serial }) => [name, serial])).toEqual(
      server.drives.map(({ serial }, index) => [`sd${'ab'[index]}`, serial]),
    );
  });
});
