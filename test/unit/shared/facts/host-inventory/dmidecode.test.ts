import { describe, expect, it } from '@jest/globals';
import { readDmidecode } from '../../../../../shared/facts/host-inventory/dmidecode.ts';

const structure = (type: number, title: string, fields: Record<string, string>, handle = '0x0001') =>
  `Handle ${handle}, DMI type ${type}, 40 bytes\n${title}\n${Object.entries(fields)
    .map(([name, value]) => `\t${name}: ${value}`)
    .join('\n')}\n`;
const table = (...structures: string[]) => `# dmidecode 3.4\nSMBIOS 3.3 present.\n\n${structures.join('\n')}`;
const system = structure(1, 'System Information', {
  Manufacturer: 'Dell Inc.',
  'Product Name': 'PowerEdge R760',
  'Serial Number': 'ABC1234',
  UUID: '4C4C4544-0042-4310',
  'SKU Number': 'SKU=NotProvided;ModelName=PowerEdge R760',
});
const dimm = (fields: Record<string, string>) =>
  structure(17, 'Memory Device', { 'Array Handle': '0x0010', Size: '32 GB', Locator: 'A1', ...fields });

describe('dmidecode', () => {
  it('gives the identity', () => {
    expect(readDmidecode(table(system)).identity).toEqual({
      manufacturer: 'Dell Inc.',
      model: 'PowerEdge R760',
      serial: 'ABC1234',
      uuid: '4c4c4544-0042-4310',
    });
  });

  it('takes no placeholder for a serial number', () => {
    for (const filler of ['To be filled by O.E.M.', 'Default string', 'Not Specified', '0123456789', '   ']) {
      expect(readDmidecode(table(structure(1, 'System Information', { 'Serial Number': filler }))).identity).toEqual(
        {},
      );
    }
  });

  it('counts sockets that hold a processor', () => {
    const cpu = {
      'Socket Designation': 'CPU1',
      Type: 'Central Processor',
      Version: 'Xeon',
      Status: 'Populated, Enabled',
      'Core Count': '32',
      'Thread Count': '64',
    };
    expect(
      readDmidecode(
        table(
          structure(4, 'Processor Information', cpu),
          structure(4, 'Processor Information', { ...cpu, Status: 'Unpopulated' }),
        ),
      ).processors,
    ).toEqual([{ socket: 'CPU1', model: 'Xeon', cores: 32, threads: 64 }]);
  });

  it.each([
    ['32 GB', 32768],
    ['16384 MB', 16384],
    ['2 TB', 2097152],
    ['1048576 kB', 1024],
  ])('understands a module of %s', (size, sizeMiB) => {
    expect(readDmidecode(table(dimm({ Size: size }))).memory?.totalMiB).toBe(sizeMiB);
  });

  it.each([
    ['Configured Memory Speed', '4800 MT/s', 4800],
    ['Configured Clock Speed', '2133 MHz', 2133],
    ['Speed', '2666 MT/s', 2666],
  ])('reads the speed from %s', (field, value, speedMtps) => {
    expect(readDmidecode(table(dimm({ [field]: value }))).memory?.modules[0]?.speedMtps).toBe(speedMtps);
  });

  it('leaves out empty slots and what is not main memory', () => {
    const flash = structure(16, 'Physical Memory Array', { Use: 'Flash Memory' }, '0x0020');
    expect(
      readDmidecode(
        table(flash, dimm({ Size: 'No Module Installed' }), dimm({ 'Array Handle': '0x0020', Size: '16 MB' })),
      ).memory,
    ).toBeUndefined();
  });

  it('joins family and revision of an HP BIOS, and reads its ports', () => {
    const facts = readDmidecode(
      table(
        structure(0, 'BIOS Information', { Vendor: 'HPE', Version: 'U54', 'BIOS Revision': '2.16' }),
        structure(209, 'HP BIOS PXE NIC PCI and MAC Information', {
          'NIC 1': 'PCI device 06:00.0, MAC address 48:DF:37:00:00:01',
        }),
      ),
    );
    expect(facts.firmware).toEqual([{ component: 'bios', name: 'BIOS', version: 'U54 v2.16' }]);
    expect(facts.networkPorts).toEqual([{ name: 'NIC 1', mac: '48:df:37:00:00:01' }]);
  });

  it('gives what is there of a text that breaks off', () => {
    expect(readDmidecode(table(system, 'Handle 0x0002, DMI type 17, 84 by')).identity.serial).toBe('ABC1234');
  });

  it.each(['', 'Permission denied', '{"json": true}'])('says what is wrong with %j', (text) => {
    expect(() => readDmidecode(text)).toThrow(
      expect.objectContaining({ code: 'host-inventory.unreadable', publicMessage: expect.stringContaining('as root') }),
    );
  });
});
