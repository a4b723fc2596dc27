import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDetails } from '../../../../edge/dhcp/options.ts';
import { macOf, readPacket, writePacket, type DhcpPacket } from '../../../../edge/dhcp/packet.ts';
import { AppError } from '../../../../shared/kernel/errors/app-error.ts';
import { aMessage } from './build-packet.ts';

const address = fc.ipV4();
const fieldText = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const packets: fc.Arbitrary<DhcpPacket> = fc.record({
  op: fc.constantFrom('request', 'reply'),
  hardwareType: fc.constant(1),
  hardwareAddress: fc.uint8Array({ minLength: 6, maxLength: 6 }),
  hops: fc.nat(255),
  transactionId: fc.nat(0xffffffff),
  secs: fc.nat(0xffff),
  wantsBroadcast: fc.boolean(),
  ciaddr: address,
  yiaddr: address,
  siaddr: address,
  giaddr: address,
  serverName: fieldText(63),
  bootFile: fieldText(127),
  options: fc
    .array(
      fc.tuple(
        fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52),
        fc.uint8Array({ maxLength: 600 }),
      ),
      { maxLength: 12 },
    )
    .map((entries) => new Map(entries)),
});
const plain = (packet: DhcpPacket) => ({
  ...packet,
  hardwareAddress: [...packet.hardwareAddress],
  options: [...packet.options].map(([code, value]) => [code, [...value]]),
});
const bytesOf = (...optionBytes: number[]): Uint8Array => {
  const whole = writePacket(aMessage('discover', { options: new Map() }));
  return Uint8Array.from([...whole.subarray(0, 240), ...optionBytes]);
};

describe('a DHCP message', () => {
  it('is read as it was written, whatever it says', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        expect(plain(readPacket(writePacket(packet)))).toEqual(plain(packet));
      }),
    );
  });

  it('is refused with one class of error, whatever the bytes are', () => {
    const header = writePacket(aMessage('discover')).subarray(0, 240);
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 700 }),
      fc.uint8Array({ maxLength: 400 }).map((tail) => Uint8Array.from([...header, ...tail])),
    );
    fc.assert(
      fc.property(inputs, (bytes) => {
        try {
          readDetails(readPacket(bytes));
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'dhcp.unreadable') throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is padded to the size old relays want', () => {
    expect(writePacket(aMessage('discover'))).toHaveLength(300);
  });

  it('joins the parts of an option that comes in pieces (RFC 3396)', () => {
    expect(readPacket(bytesOf(67, 2, 97, 98, 0, 67, 1, 99, 255)).options.get(67)).toEqual(Buffer.from('abc'));
  });

  it('reads on in the file and name fields where option 52 says so', () => {
    const bytes = bytesOf(52, 1, 3, 255);
    bytes.set([53, 1, 1, 255], 108);
    bytes.set([12, 2, 110, 49, 255], 44);
    const packet = readPacket(bytes);
    expect({ ...readDetails(packet), bootFile: packet.bootFile, serverName: packet.serverName }).toMatchObject({
      messageType: 'discover',
      hostname: 'n1',
      bootFile: '',
      serverName: '',
    });
  });

  it.each([
    ['is shorter than its fixed part', new Uint8Array(239)],
    ['is longer than a jumbo frame', new Uint8Array(9217)],
    ['lacks the magic cookie', writePacket(aMessage('discover')).fill(0, 236, 240)],
    ['has neither op', writePacket(aMessage('discover')).fill(3, 0, 1)],
    ['has an Ethernet address of five bytes', writePacket(aMessage('discover')).fill(5, 2, 3)],
    ['has a hardware address longer than its field', writePacket(aMessage('discover')).fill(32, 1, 2).fill(17, 2, 3)],
    ['ends inside an option', bytesOf(60, 9, 80, 88, 69)],
    ['ends before the length of an option', bytesOf(53, 1, 1, 60)],
    ['overloads fields that do not exist', bytesOf(52, 1, 4, 255)],
    ['runs over the end of an overloaded field', bytesOf(52, 1, 1, 255).fill(200, 108, 236)],
  ])('is refused when it %s', (_name, bytes) => {
    expect(() => readPacket(bytes)).toThrow(expect.objectContaining({ code: 'dhcp.unreadable' }));
  });

  it.each([
    ['an address that is none', aMessage('ack', { yiaddr: '10.0.0.256' })],
    ['a boot file longer than its field', aMessage('ack', { bootFile: 'x'.repeat(128) })],
    ['option 255', aMessage('ack', { with: { 255: 'x' } })],
    ['option 52', aMessage('ack', { with: { 52: 'x' } })],
    ['a hardware address of seventeen bytes', aMessage('ack', { hardwareAddress: new Uint8Array(17) })],
  ])('is not written with %s', (_name, packet) => {
    expect(() => writePacket(packet)).toThrow(expect.objectContaining({ code: 'dhcp.unwritable' }));
  });

  it('has a MAC only on Ethernet', () => {
    expect(macOf(aMessage('discover'))).toBe('02:00:00:00:00:aa');
    expect(macOf(aMessage('discover', { hardwareType: 32, hardwareAddress: new Uint8Array() }))).toBeUndefined();
  });
});
