import { describe, expect, it } from '@jest/globals';
import { receiveInventory } from '../../../../edge/image-jobs/receive.ts';
import { ServerFacts } from '../../../../shared/facts/server.ts';
import { dmidecode, ethtool, posted, smartctl } from './image.ts';

const lldp = {
  lldp: [
    {
      interface: [
        {
          name: 'eno1',
          chassis: [{ name: [{ value: 'leaf-1' }] }],
          port: [{ id: [{ type: 'ifname', value: 'Ethernet1/1' }] }],
        },
      ],
    },
  ],
};
const lsblk = (...blockdevices: object[]) => ({ blockdevices });
const sata = {
  kname: 'sda',
  model: 'SAMSUNG MZ7LH480',
  size: 480103981056,
  rota: false,
  type: 'disk',
  serial: null,
  tran: null,
};
const idCtrl = { sn: 'NV1', mn: 'CM7', tnvmcap: 3840e9, oacs: 0b10, fna: 0b100, sanicap: 0b11 };

describe('the inventory a validation image posts', () => {
  it('becomes one description of the server', () => {
    const report = receiveInventory(
      posted({
        dmidecode,
        'ethtool/eno1': ethtool('B4:45:06:00:00:01'),
        lldp,
        lsblk: lsblk(sata),
        'smartctl/sda': smartctl('S1'),
      }),
    );
    expect(report).toMatchObject({ serial: 'ABC1234', bootMac: '52:54:00:aa:00:01' });
    expect(ServerFacts.parse(report.facts)).toEqual({
      source: 'validation-image',
      identity: { manufacturer: 'Dell Inc.', model: 'PowerEdge R760', serial: 'ABC1234' },
      processors: [{ socket: 'CPU1', model: 'Intel Xeon Gold 6530', cores: 32 }],
      memory: { totalMiB: 32768, modules: [{ slot: 'A1', sizeMiB: 32768, serial: 'M1' }] },
      drives: [
        {
          name: 'sda',
          model: 'SAMSUNG MZ7LH480HAHQ-00005',
          serial: 'S1',
          sizeBytes: 480103981056,
          media: 'ssd',
          health: 'ok',
        },
      ],
      networkPorts: [{ name: 'eno1', mac: 'b4:45:06:00:00:01', speedMbps: 25000, isLinkUp: true }],
      firmware: [
        { component: 'nic', name: 'eno1 (ice)', version: '4.40 0x8001c967' },
        { component: 'storage', name: 'sda', version: 'HXT7904Q' },
      ],
      neighbours: [{ localPort: 'eno1', systemName: 'leaf-1', portId: 'Ethernet1/1' }],
    });
  });

  it('says how each drive can erase itself, and what stands in the way', () => {
    const hdparm =
      '\n/dev/sda:\n\nSecurity: \n\tMaster password revision code = ' +
      '65534\n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\t\tfrozen\n\tnot\texpired: security ' +
      'count\n\t\tsupported: enhanced erase\nChecksum: correct\n';
    const { facts } = receiveInventory(
      posted({
        dmidecode,
        lsblk: lsblk(sata, { kname: 'nvme0n1', type: 'disk', size: 3840e9, serial: 'NV1', tran: 'nvme' }),
        'smartctl/sda': smartctl('S1'),
        'hdparm/sda': hdparm,
        'nvme-id-ctrl/nvme0n1': idCtrl,
      }),
    );
    expect(facts.drives?.map(({ name, erase }) => [name, erase])).toEqual([
      ['sda', { methods: ['ata-secure-erase-enhanced', 'ata-secure-erase'], blockedBy: 'frozen' }],
      [
        'nvme0n1',
        { methods: ['nvme-sanitize-block', 'nvme-sanitize-crypto', 'nvme-format-crypto', 'nvme-format-user-data'] },
      ],
    ]);
  });

  it('counts a drive with two paths once, though only the drive knows its serial number', () => {
    const { facts } = receiveInventory(
      posted({
        dmidecode,
        lsblk: lsblk(sata, { ...sata, kname: 'sdb' }),
        'smartctl/sda': smartctl('S1'),
        'smartctl/sdb': smartctl('S1'),
      }),
    );
    expect(facts.drives).toHaveLength(1);
  });

  it('names the optics in the ports', () => {
    const optic =
      '\tIdentifier                                : 0x11 (QSFP28)\n\tVendor name                          ' +
      '     : FS\n\tVendor PN                                 : QSFP28-SR4\n\tVendor SN                    ' +
      '             : F1\n';
    expect(receiveInventory(posted({ dmidecode, 'optics/eno1': optic })).facts.optics).toEqual([
      { port: 'eno1', kind: 'QSFP28', vendor: 'FS', partNumber: 'QSFP28-SR4', serial: 'F1' },
    ]);
  });

  it('notes what it cannot read and keeps the rest', () => {
    const report = receiveInventory(posted({ dmidecode, lldp: 'lldpcli: not found', lshw: '{"half": ' }));
    expect(report.facts.identity.serial).toBe('ABC1234');
    expect(report.facts.unread?.map(({ output }) => output)).toEqual(['lshw', 'lldp']);
    expect(report.facts.unread?.[1]?.reason).toContain('host-inventory.unreadable');
  });

  it('takes the ports of lshw where ethtool said nothing', () => {
    const lshw = {
      id: 'node',
      class: 'system',
      serial: 'ABC1234',
      children: [
        {
          id: 'network',
          class: 'network',
          logicalname: 'eno1',
          serial: 'b4:45:06:00:00:01',
          businfo: 'pci@0000:31:00.0',
          configuration: { link: 'no' },
        },
      ],
    };
    expect(receiveInventory(posted({ lshw })).facts.networkPorts).toEqual([
      { name: 'eno1', mac: 'b4:45:06:00:00:01', isLinkUp: false },
    ]);
  });

  it('is refused when nothing tells whose it is', () => {
    expect(() => receiveInventory(posted({ dmidecode: 'Permission denied', lldp }))).toThrow(
      expect.objectContaining({ code: 'inventory.nothing-readable', kind: 'invalid' }),
    );
  });

  it.each([
    ['no object', 'x'],
    ['another format', { format: 'rackline.inventory/9', bootMac: '', outputs: {} }],
    ['no base64', { format: 'rackline.inventory/1', bootMac: '', outputs: { dmidecode: '<html>' } }],
  ])('is refused when it is %s', (_what, body) => {
    expect(() => receiveInventory(body)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
