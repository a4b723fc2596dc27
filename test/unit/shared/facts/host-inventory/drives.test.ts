import { describe, expect, it } from '@jest/globals';
import { readLsblk, readNvmeIdCtrl, readSmartctl } from '../../../../../shared/facts/host-inventory/drives.ts';

describe('lsblk', () => {
  const read = (...blockdevices: object[]) => readLsblk(JSON.stringify({ blockdevices }));

  it('lists whole drives and what they are made of', () => {
    expect(
      read(
        { name: 'nvme0n1', type: 'disk', size: 3840e9, rota: false, tran: 'nvme', serial: 'S1', model: 'CM7' },
        { kname: 'sda', type: 'disk', size: '480000000000', rota: '0', tran: 'sata', serial: 'S2' },
        { name: 'sdb', type: 'disk', size: 8e12, rota: true, tran: 'sas', serial: 'S3' },
      ),
    ).toEqual([
      { name: 'nvme0n1', serial: 'S1', model: 'CM7', sizeBytes: 3840e9, media: 'nvme' },
      { name: 'sda', serial: 'S2', sizeBytes: 480e9, media: 'ssd' },
      { name: 'sdb', serial: 'S3', sizeBytes: 8e12, media: 'hdd' },
    ]);
  });

  it('leaves out partitions, RAM disks, optical drives and empty readers', () => {
    expect(
      read(
        { name: 'sda1', type: 'part', size: 1e9 },
        { name: 'ram0', type: 'disk', size: 8e6 },
        { name: 'sr0', type: 'rom', size: 1e9 },
        { name: 'sdx', type: 'disk', size: 0 },
      ),
    ).toEqual([]);
  });

  it('lists a drive with two paths once', () => {
    expect(
      read(
        { name: 'sda', type: 'disk', size: 1e12, serial: 'S1' },
        { name: 'sdb', type: 'disk', size: 1e12, serial: 'S1' },
      ),
    ).toHaveLength(1);
  });

  it('says what is wrong with something else', () => {
    expect(() => readLsblk('NAME MAJ:MIN RM SIZE')).toThrow(
      expect.objectContaining({ code: 'host-inventory.unreadable' }),
    );
  });
});

describe('one drive', () => {
  it('is read from nvme id-ctrl', () => {
    expect(readNvmeIdCtrl('{"sn": "S1      ", "mn": "CM7   ", "tnvmcap": 3840000000000, "vid": 1}', 'nvme0')).toEqual({
      name: 'nvme0',
      serial: 'S1',
      model: 'CM7',
      sizeBytes: 3840e9,
      media: 'nvme',
    });
  });

  it.each([
    [
      'ATA',
      'Device Model:     PM893\nSerial Number:    S2\nUser Capacity:    480,103,981,056 bytes [480 ' +
        'GB]\nRotation Rate:    Solid State Device\nSMART overall-health self-assessment test result: PASSED',
      { name: 'sda', model: 'PM893', serial: 'S2', sizeBytes: 480103981056, media: 'ssd', health: 'ok' },
    ],
    [
      'SAS',
      'Vendor:               SEAGATE\nProduct:              ST9300605SS\nUser Capacity:        ' +
        '300,000,000,000 bytes\nSerial number:        S3\nRotation Rate:        10000 rpm\nSMART Health ' +
        'Status: FAILURE PREDICTION THRESHOLD EXCEEDED',
      { name: 'sda', model: 'SEAGATE ST9300605SS', serial: 'S3', sizeBytes: 300e9, media: 'hdd', health: 'critical' },
    ],
    [
      'NVMe',
      'Model Number:                       950 PRO\nSerial Number:                      S4\nNumber of ' +
        'Namespaces:               1\nNamespace 1 Size/Capacity:          256,060,514,304 [256 GB]',
      { name: 'sda', model: '950 PRO', serial: 'S4', sizeBytes: 256060514304, media: 'nvme' },
    ],
  ])('is read from smartctl: %s', (_kind, output, drive) => {
    expect(readSmartctl(output, 'sda')).toEqual(drive);
  });

  it('is an error where smartctl could not open it', () => {
    expect(() => readSmartctl('Smartctl open device: /dev/sda failed: No such device')).toThrow(
      expect.objectContaining({ code: 'host-inventory.unreadable' }),
    );
  });
});
