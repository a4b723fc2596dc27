import { describe, expect, it } from '@jest/globals';
import { circuitText, readDetails } from '../../../../edge/dhcp/options.ts';
import { readPacket, writePacket } from '../../../../edge/dhcp/packet.ts';
import { aMessage } from './build-packet.ts';

const detailsOf = (options: Record<number, Uint8Array | string>) =>
  readDetails(readPacket(writePacket(aMessage('discover', { with: options }))));

describe('the options of a DHCP message', () => {
  it('tell a UEFI machine that boots from the network', () => {
    const uuid = Uint8Array.from([0, ...Buffer.from('4c4c4544004231108051b7c04f524c33', 'hex')]);
    expect(
      detailsOf({
        60: 'PXEClient:Arch:00007:UNDI:003016',
        93: Uint8Array.of(0, 7),
        94: Uint8Array.of(1, 3, 16),
        97: uuid,
      }),
    ).toMatchObject({
      messageType: 'discover',
      vendorClass: 'PXEClient:Arch:00007:UNDI:003016',
      architectures: [7],
      undiVersion: '3.16',
      machineId: '4c4c4544-0042-3110-8051-b7c04f524c33',
      isIpxe: false,
    });
  });

  it.each([
    ['plain', 'iPXE'],
    ['with the length RFC 3004 wants', '\u0004iPXE'],
  ])('tell iPXE by its user class, %s', (_name, userClass) => {
    expect(detailsOf({ 77: userClass }).isIpxe).toBe(true);
  });

  it('tell iPXE by its own option', () => {
    expect(detailsOf({ 175: Uint8Array.of(0xb1, 1, 1) }).isIpxe).toBe(true);
  });

  it('tell the circuit a relay put in', () => {
    expect(detailsOf({ 82: Uint8Array.of(1, 4, 69, 116, 104, 49, 2, 2, 0, 9) })).toMatchObject({
      circuitId: 'Eth1',
      remoteId: '00:09',
    });
  });

  it('keep vendor data by enterprise', () => {
    expect(detailsOf({ 125: Uint8Array.of(0, 0, 0, 11, 2, 7, 8) }).vendorData).toEqual(
      new Map([[11, Uint8Array.of(7, 8)]]),
    );
  });

  it('leave out what was not sent', () => {
    const { messageType: _type, isIpxe: _isIpxe, ...rest } = detailsOf({});
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([]);
  });

  it.each<[string, Record<number, Uint8Array>]>([
    ['a server id of three bytes', { 54: new Uint8Array(3) }],
    ['a requested address of five bytes', { 50: new Uint8Array(5) }],
    ['an empty message type', { 53: new Uint8Array() }],
    ['message type 9', { 53: Uint8Array.of(9) }],
    ['message type 0', { 53: Uint8Array.of(0) }],
    ['a client id of one byte', { 61: new Uint8Array(1) }],
    ['half an architecture', { 93: new Uint8Array(3) }],
    ['no architecture', { 93: new Uint8Array() }],
    ['an interface of two bytes', { 94: new Uint8Array(2) }],
    ['a machine id of sixteen bytes', { 97: new Uint8Array(16) }],
    ['a circuit that runs over', { 82: Uint8Array.of(1, 9, 65) }],
    ['a relay part without length', { 82: Uint8Array.of(1) }],
    ['vendor data that runs over', { 125: Uint8Array.of(0, 0, 0, 11, 9, 7) }],
    ['vendor data cut in its number', { 125: Uint8Array.of(0, 0, 0) }],
  ])('are refused with %s', (_name, options) => {
    expect(() => detailsOf(options)).toThrow(expect.objectContaining({ code: 'dhcp.unreadable' }));
  });

  it('spell a circuit one way', () => {
    expect(circuitText(Buffer.from('Ethernet14/1'))).toBe('Ethernet14/1');
    expect(circuitText(Uint8Array.of(0, 1, 3, 0xe9))).toBe('00:01:03:e9');
  });
});
