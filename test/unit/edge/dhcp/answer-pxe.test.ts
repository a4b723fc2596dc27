import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerPxe, type PxeOffer } from '../../../../edge/dhcp/answer-pxe.ts';
import { option, readDetails, type MessageType } from '../../../../edge/dhcp/options.ts';
import { readPacket, writePacket, type DhcpPacket } from '../../../../edge/dhcp/packet.ts';
import { aMessage } from './build-packet.ts';

const offer: PxeOffer = {
  serverAddress: '10.0.0.2',
  tftpAddress: '10.0.0.3',
  scriptUrl: 'http://10.0.0.2:8081/boot.ipxe',
  filesUrl: 'http://10.0.0.2:8081/files/',
};
const pair = (number: number) => Uint8Array.of(number >> 8, number & 255);
const pxe = (architecture: number, more: Record<number, Uint8Array | string> = {}) => ({
  60: 'PXEClient:Arch',
  93: pair(architecture),
  ...more,
});

/** What the client makes of the answer: through the wire and back. */
function answered(packet: DhcpPacket, port: 'dhcp' | 'pxe' = 'dhcp') {
  const answer = answerPxe(packet, readDetails(packet), port, offer);
  if (answer === undefined) return undefined;
  const received = readPacket(writePacket(answer));
  return { ...received, details: readDetails(received) };
}

describe('proxyDHCP', () => {
  it.each([
    [0, 'undionly.kpxe'],
    [6, 'ipxe-i386.efi'],
    [7, 'ipxe.efi'],
    [9, 'ipxe.efi'],
    [11, 'ipxe-arm64.efi'],
  ])('offers a boot ROM of architecture %i the loader %s by TFTP', (architecture, file) => {
    expect(answered(aMessage('discover', { with: pxe(architecture) }))).toMatchObject({
      op: 'reply',
      yiaddr: '0.0.0.0',
      siaddr: '10.0.0.3',
      bootFile: file,
      transactionId: 0x1234abcd,
      details: {
        messageType: 'offer',
        serverId: '10.0.0.2',
        vendorClass: 'PXEClient',
        bootFile: file,
        tftpServer: '10.0.0.3',
      },
    });
  });

  it.each([
    [15, 'ipxe-i386.efi'],
    [16, 'ipxe.efi'],
    [19, 'ipxe-arm64.efi'],
  ])('offers UEFI that speaks HTTP, architecture %i, the address of %s', (architecture, file) => {
    const answer = answered(aMessage('discover', { with: { 60: 'HTTPClient:Arch', 93: pair(architecture) } }));
    expect(answer?.details).toMatchObject({
      vendorClass: 'HTTPClient',
      bootFile: `http://10.0.0.2:8081/files/${file}`,
    });
    expect(answer?.options.has(option.vendorSpecific)).toBe(false);
  });

  it('sends iPXE to its script, by whatever firmware it was started', () => {
    expect(answered(aMessage('discover', { with: pxe(0, { 77: 'iPXE' }) }))?.bootFile).toBe(
      'http://10.0.0.2:8081/boot.ipxe',
    );
    expect(answered(aMessage('discover', { with: pxe(7, { 175: 'x' }) }))?.bootFile).toBe(
      'http://10.0.0.2:8081/boot.ipxe',
    );
  });

  it('answers the request on port 4011 to the address the client now has', () => {
    expect(answered(aMessage('request', { ciaddr: '10.0.0.77', with: pxe(7) }), 'pxe')).toMatchObject({
      ciaddr: '10.0.0.77',
      yiaddr: '0.0.0.0',
      details: { messageType: 'ack', bootFile: 'ipxe.efi' },
    });
  });

  it('takes the first of several architectures that there is a loader for', () => {
    expect(
      answered(aMessage('discover', { with: { 60: 'PXEClient', 93: Uint8Array.of(0, 99, 0, 7) } }))?.bootFile,
    ).toBe('ipxe.efi');
  });

  it('gives back what client and relay need to know the answer as theirs', () => {
    const uuid = new Uint8Array(17).fill(7, 1);
    const answer = answered(
      aMessage('discover', { giaddr: '10.9.0.1', with: pxe(7, { 97: uuid, 82: Uint8Array.of(1, 1, 65) }) }),
    );
    expect(answer?.giaddr).toBe('10.9.0.1');
    expect([...(answer?.options.get(97) ?? [])]).toEqual([...uuid]);
    expect([...(answer?.options.keys() ?? [])].at(-1)).toBe(82);
  });

  it.each<[string, DhcpPacket, 'dhcp' | 'pxe']>([
    ['a machine that does not boot from the network', aMessage('discover'), 'dhcp'],
    ['another vendor class', aMessage('discover', { with: { 60: 'iDRAC', 93: pair(7) } }), 'dhcp'],
    ['an architecture that there is no loader for', aMessage('discover', { with: pxe(27) }), 'dhcp'],
    ['a request to another server on port 67', aMessage('request', { with: pxe(7) }), 'dhcp'],
    ['a discover on port 4011', aMessage('discover', { with: pxe(7) }), 'pxe'],
    ['another server that answers', aMessage('discover', { op: 'reply', with: pxe(7) }), 'dhcp'],
  ])('says nothing to %s', (_name, packet, port) => {
    expect(answered(packet, port)).toBeUndefined();
  });

  it('never hands out an address, whatever it is asked', () => {
    const types: MessageType[] = ['discover', 'request', 'inform', 'decline', 'release'];
    const leaseOptions = [1, 3, 6, 50, 51, 58, 59];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom('dhcp' as const, 'pxe' as const),
        fc.nat(25),
        fc.ipV4(),
        fc.ipV4(),
        fc.constantFrom('PXEClient', 'HTTPClient', 'other'),
        fc.boolean(),
        fc.dictionary(fc.constantFrom('1', '3', '50', '51', '97'), fc.uint8Array({ minLength: 4, maxLength: 4 })),
        (type, port, architecture, ciaddr, yiaddr, vendorClass, isIpxe, more) => {
          const { 97: _machineId, ...others } = more;
          const answer = answered(
            aMessage(type, {
              ciaddr,
              yiaddr,
              with: { ...others, 60: vendorClass, 93: pair(architecture), 77: isIpxe ? 'iPXE' : '' },
            }),
            port,
          );
          expect(answer?.yiaddr ?? '0.0.0.0').toBe('0.0.0.0');
          expect(leaseOptions.filter((code) => answer?.options.has(code))).toEqual([]);
        },
      ),
    );
  });
});
