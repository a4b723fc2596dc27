import { describe, expect, it } from '@jest/globals';
import { readLshw } from '../../../../../shared/facts/host-inventory/lshw.ts';

const gib = 1024 ** 3;
const machine = (...children: object[]) => ({
  id: 'node1',
  class: 'system',
  product: 'R760 (SKU1)',
  vendor: 'Dell Inc.',
  serial: 'ABC1234',
  configuration: { sku: 'SKU1', uuid: '4C4C' },
  children: [{ id: 'core', class: 'bus', children }],
});
const read = (...children: object[]) => readLshw(JSON.stringify(machine(...children)));

describe('lshw', () => {
  it('gives the identity, the SKU apart from the model', () => {
    expect(read().identity).toEqual({
      manufacturer: 'Dell Inc.',
      model: 'R760',
      serial: 'ABC1234',
      sku: 'SKU1',
      uuid: '4c4c',
    });
  });

  it('reads an array of one as the machine', () => {
    expect(readLshw(JSON.stringify([machine()])).identity.serial).toBe('ABC1234');
  });

  it("sums banks, and takes the board's total where banks have no size", () => {
    const bank = (id: string, size?: number) => ({ id, class: 'memory', ...(size && { size, clock: 4_800_000_000 }) });
    expect(
      read(
        { id: 'memory:0', class: 'memory', size: 999 * gib, children: [bank('bank:0', 32 * gib), bank('bank:1')] },
        { id: 'memory:1', class: 'memory', size: 16 * gib, children: [bank('bank:0')] },
      ).memory,
    ).toEqual({ totalMiB: 48 * 1024, modules: [{ slot: 'bank:0', sizeMiB: 32 * 1024, speedMtps: 4800 }] });
  });

  it("names a namespace's drive after its controller", () => {
    const controller = {
      id: 'nvme',
      class: 'storage',
      product: 'CM7',
      serial: 'S1',
      children: [{ id: 'namespace:2', class: 'disk', logicalname: '/dev/nvme0n1', size: 3840e9 }],
    };
    expect(read(controller).drives).toEqual([
      { name: 'nvme0n1', model: 'CM7', serial: 'S1', sizeBytes: 3840e9, media: 'nvme' },
    ]);
  });

  it('lists physical ports only', () => {
    const port = (logicalname: string, driver: string) => ({
      id: 'network',
      class: 'network',
      logicalname,
      serial: 'AA:BB:CC:00:00:01',
      size: 25e9,
      configuration: { link: 'yes', driver },
      capabilities: { physical: 'Physical interface' },
    });
    expect(read(port('eno1', 'mlx5_core'), port('tap0', 'tun')).networkPorts).toEqual([
      { name: 'eno1', mac: 'aa:bb:cc:00:00:01', speedMbps: 25000, isLinkUp: true },
    ]);
  });

  it('counts a processor once whose cores are listed as nameless others', () => {
    expect(
      read(
        { id: 'cpu:0', class: 'processor', claimed: true, product: 'Xeon', slot: 'CPU1' },
        { id: 'cpu:1', class: 'processor', claimed: true, slot: 'CPU1' },
      ).processors,
    ).toEqual([{ socket: 'CPU1', model: 'Xeon' }]);
  });

  it('skips what is odd and keeps the rest', () => {
    expect(
      read(
        { id: 'memory', class: 'memory', size: 'plenty' },
        { id: 'disk', class: 'disk', size: -1 },
        { id: 7 },
        { id: 'network', class: 'network', logicalname: ['eno1', 'alt'], businfo: 'pci@0', serial: 'none' },
      ),
    ).toMatchObject({ identity: { serial: 'ABC1234' }, networkPorts: [{ name: 'eno1' }] });
  });

  it('reads the same from XML', () => {
    const xml = `<?xml version="1.0"?><!-- generated --><list><node id="node1" claimed="true" class="system">
      <product>R760 &amp; more</product><vendor>Dell Inc.</vendor><serial>ABC1234</serial>
      <configuration><setting id="uuid" value="4C4C" /></configuration>
      <node id="network" class="network">
      <logicalname>eno1</logicalname><serial>aa:bb:cc:00:00:01</serial><size units="bit/s">1000000000</size>
      <configuration><setting id="link" value="no"/></configuration>
      <capabilities><capability id="physical">Physical interface</capability></capabilities></node></node></list>`;
    expect(readLshw(xml)).toEqual({
      source: 'lshw',
      identity: { manufacturer: 'Dell Inc.', model: 'R760 & more', serial: 'ABC1234', uuid: '4c4c' },
      networkPorts: [{ name: 'eno1', mac: 'aa:bb:cc:00:00:01', speedMbps: 1000, isLinkUp: false }],
    });
  });

  it.each(['', 'WARNING: you should run this program as super-user.', '{"half": ', '<list><node id="a">', '{}'])(
    'says what is wrong with %j',
    (text) => {
      expect(() => readLshw(text)).toThrow(expect.objectContaining({ code: 'host-inventory.unreadable' }));
    },
  );
});
