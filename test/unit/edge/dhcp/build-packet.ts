import { messageTypes, option, textBytes, type MessageType } from '../../../../edge/dhcp/options.ts';
import type { DhcpPacket } from '../../../../edge/dhcp/packet.ts';

export const macBytes = (mac: string): Uint8Array => Uint8Array.from(mac.split(':'), (part) => parseInt(part, 16));

/** A client's message, saying only what matters to the test. */
export function aMessage(
  type: MessageType,
  changes: Partial<DhcpPacket> & { with?: Record<number, Uint8Array | string> } = {},
): DhcpPacket {
  const { with: more = {}, ...fields } = changes;
  const options = new Map<number, Uint8Array>([[option.messageType, Uint8Array.of(messageTypes.indexOf(type) + 1)]]);
  for (const [code, value] of Object.entries(more))
    options.set(Number(code), typeof value === 'string' ? textBytes(value) : value);
  return {
    op: 'request',
    hardwareType: 1,
    hardwareAddress: macBytes('02:00:00:00:00:aa'),
    hops: 0,
    transactionId: 0x1234abcd,
    secs: 4,
    wantsBroadcast: true,
    ciaddr: '0.0.0.0',
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: '0.0.0.0',
    serverName: '',
    bootFile: '',
    options,
    ...fields,
  };
}
