import { describe, expect, it } from '@jest/globals';
import {
  ComputerSystem,
  Drive,
  EthernetInterface,
  Memory,
  Power,
  Processor,
  SoftwareInventory,
} from '../../../../../shared/adapters/redfish/contract.ts';
import {
  isPresent,
  toDrive,
  toFirmware,
  toHealth,
  toIdentity,
  toMemory,
  toNetworkPorts,
  toPower,
  toProcessors,
  toRole,
} from '../../../../../shared/adapters/redfish/map.ts';

describe('a word this code does not know', () => {
  it('is unknown, never a crash', () => {
    expect([
      toPower('Hibernating'),
      toPower(undefined),
      toHealth({ Health: 'Splendid' }),
      toHealth(undefined),
      toRole('Janitor'),
    ]).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'other']);
  });
});

describe('identity', () => {
  const system = (properties: object) => ComputerSystem.parse(properties);

  it('is without padding and without what nobody filled in', () => {
    expect(
      toIdentity(
        system({ Manufacturer: 'HPE', SerialNumber: 'MXQ1   ', SKU: 'To be filled by O.E.M.', AssetTag: '' }),
        undefined,
        {},
      ),
    ).toEqual({ manufacturer: 'HPE', serial: 'MXQ1' });
  });

  it("takes the chassis' serial number where the board has none", () => {
    expect(toIdentity(system({ SerialNumber: '          ' }), 'C123', {}).serial).toBe('C123');
  });

  it('does not take a SKU for a serial number but on a Dell', () => {
    expect(toIdentity(system({ SerialNumber: 'CN1', SKU: 'ABC1234' }), undefined, {}).serial).toBe('CN1');
    expect(
      toIdentity(system({ SerialNumber: 'CN1', SKU: 'ABC1234' }), undefined, { serviceTagInSku: true }).serial,
    ).toBe('ABC1234');
  });
});

describe('parts', () => {
  it('that are absent, or no processors, are left out', () => {
    const processors = [
      { Socket: 'CPU 1', ProcessorType: 'CPU', TotalCores: 8 },
      { Socket: 'CPU 2', Status: { State: 'Absent' } },
      { ProcessorType: 'GPU' },
    ].map((each) => Processor.parse(each));
    expect(toProcessors(processors)).toEqual([{ socket: 'CPU 1', cores: 8 }]);
    const modules = [
      { DeviceLocator: 'A1', CapacityMiB: 16384 },
      { DeviceLocator: 'A2', CapacityMiB: 0 },
      { DeviceLocator: 'A3', CapacityMiB: 16384, Status: { State: 'Absent' } },
    ].map((each) => Memory.parse(each));
    expect(toMemory(modules, 999)).toEqual({ totalMiB: 16384, modules: [{ slot: 'A1', sizeMiB: 16384 }] });
  });

  it('that nothing is known of are left out, not counted as 0', () => {
    expect([toMemory([], 0), toMemory([], undefined), toProcessors([]), toNetworkPorts([])]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('may be known as a whole only', () => {
    expect(toMemory([], 64)).toEqual({ totalMiB: 65536, modules: [] });
  });

  it.each([
    [{ Protocol: 'NVMe', MediaType: 'SSD' }, 'nvme'],
    [{ Protocol: 'PCIe', MediaType: 'SSD' }, 'nvme'],
    [{ Protocol: 'SATA', MediaType: 'SSD' }, 'ssd'],
    [{ Protocol: 'SAS', MediaType: 'HDD' }, 'hdd'],
    [{}, undefined],
  ])('drives: %j is %s', (properties, media) => {
    expect(toDrive(Drive.parse({ '@odata.id': '/d/1', Id: '1', ...properties })).media).toBe(media);
  });

  it('an empty bay is no drive', () => {
    expect(isPresent(Drive.parse({ '@odata.id': '/d/1', Name: 'Empty Bay', Status: { State: 'Absent' } }))).toBe(false);
  });

  it("ports are the host's own", () => {
    const ports = [
      { Id: 'NIC1', MACAddress: 'AA:BB:CC:00:00:01', LinkStatus: 'LinkUp', SpeedMbps: 25000 },
      { Id: '2', Name: 'OnBoard LAN 2', MACAddress: 'aabbcc000002', LinkStatus: 'NoLink', SpeedMbps: 0 },
      { Id: '3', Name: '', MACAddress: '', LinkStatus: null },
      { Id: 'ToManager', MACAddress: 'AA:BB:CC:00:00:04' },
      { Id: 'VLAN1', EthernetInterfaceType: 'Virtual' },
    ].map((each) => EthernetInterface.parse(each));
    expect(toNetworkPorts(ports)).toEqual([
      { name: 'NIC1', mac: 'aa:bb:cc:00:00:01', speedMbps: 25000, isLinkUp: true },
      { name: 'OnBoard LAN 2', mac: 'aa:bb:cc:00:00:02', isLinkUp: false },
      { name: '3' },
    ]);
  });

  it('numbers may come as text or as a list of one', () => {
    expect(
      Power.parse({ PowerControl: [{ PowerConsumedWatts: '412' }] }).PowerControl?.read[0]?.PowerConsumedWatts,
    ).toBe(412);
    expect(
      Power.parse({ PowerControl: [{ PowerConsumedWatts: [412] }] }).PowerControl?.read[0]?.PowerConsumedWatts,
    ).toBe(412);
    expect(Power.parse({ PowerControl: [{ PowerConsumedWatts: 'N/A' }] }).PowerControl).toEqual({
      read: [{}],
      unread: 0,
    });
    expect(Power.parse({ PowerControl: [{ PowerConsumedWatts: 'much' }] }).PowerControl).toEqual({
      read: [],
      unread: 1,
    });
  });
});

describe('firmware', () => {
  const kinds = (items: object[], quirks = {}) =>
    toFirmware(
      items.map((each) => SoftwareInventory.parse(each)),
      quirks,
    ).map(({ component, version }) => [component, version]);

  it.each([
    [{ Id: 'Installed-159-1.8.2__BIOS.Setup.1-1', Name: 'BIOS' }, 'bios'],
    [{ Id: '2', Name: 'System ROM', Description: 'SystemRomActive' }, 'bios'],
    [{ Id: 'UEFI', Name: 'Firmware:UEFI' }, 'bios'],
    [{ Id: '1', Name: 'iLO 6', Description: 'SystemBMC' }, 'bmc'],
    [{ Id: 'x__iDRAC.Embedded.1-1', Name: 'Integrated Dell Remote Access Controller' }, 'bmc'],
    [{ Id: 'x__NIC.Slot.5-1', Name: 'Mellanox Network Adapter' }, 'nic'],
    [{ Id: 'Disk1', Name: 'Firmware:DISK-Micron' }, 'storage'],
    [{ Id: 'x__PSU.Slot.1', Name: 'Power Supply.Slot.1' }, 'psu'],
    [{ Id: 'x__CPLD.Embedded.1', Name: 'System CPLD' }, 'cpld'],
    [{ Id: 'x__Diagnostics', Name: 'Dell 64 Bit uEFI Diagnostics' }, 'other'],
    [{ Id: 'Slot_25.2', Name: 'Firmware:DEVICE-Marvell UEFI NVMe Driver & BIOS' }, 'other'],
    [{ Id: 'GPU1', Name: 'GPU firmware' }, 'other'],
  ])('%j is of kind %s', (item, kind) => {
    expect(kinds([{ ...item, Version: '1' }])).toEqual([[kind, '1']]);
  });

  it('is what runs: no spare, no rollback image, nothing that waits for a restart', () => {
    expect(
      kinds([
        { Id: 'BMC-Primary', Name: 'BMC', Version: '2' },
        { Id: 'BMC-Backup', Name: 'BMC', Version: '1', Status: { State: 'StandbySpare' } },
        { Id: 'UEFI-Pending', Name: 'UEFI', Version: '3', Status: { State: 'Disabled' } },
        { Id: '10', Name: 'Redundant System ROM', Version: '1' },
      ]),
    ).toEqual([['bmc', '2']]);
    expect(
      kinds(
        [
          { Id: 'Installed-1', Name: 'BIOS', Version: '2' },
          { Id: 'Current-1', Name: 'BIOS', Version: '2' },
          { Id: 'Previous-1', Name: 'BIOS', Version: '1' },
        ],
        { installedPrefix: 'Installed-' },
      ),
    ).toEqual([['bios', '2']]);
  });
});
