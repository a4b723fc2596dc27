// The options of a DHCPv4 message: RFC 2132, 3046 (82), 3004 (77), 3925 (125), 4578 (93, 94, 97) and iPXE (175).
import { addressText, hexByte, unreadable, type DhcpPacket } from './packet.ts';

/** Option codes by name. */
export const option = {
  vendorSpecific: 43,
  requestedAddress: 50,
  messageType: 53,
  serverId: 54,
  vendorClass: 60,
  clientId: 61,
  hostname: 12,
  tftpServer: 66,
  bootFile: 67,
  userClass: 77,
  relayAgent: 82,
  architecture: 93,
  networkInterface: 94,
  machineId: 97,
  vendorIdentifying: 125,
  ipxe: 175,
} as const;

export const messageTypes = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;
export type MessageType = (typeof messageTypes)[number];

/** What a message says of its sender. A field is present where its option is. */
export interface DhcpDetails {
  messageType: MessageType;
  serverId?: string;
  requestedAddress?: string;
  hostname?: string;
  /** `PXEClient:Arch:00007:UNDI:003016`, `HTTPClient:…`, `iDRAC`. */
  vendorClass?: string;
  clientId?: Uint8Array;
  tftpServer?: string;
  bootFile?: string;
  /** As received: RFC 3004 wants length-prefixed parts, boot ROMs and iPXE send plain text. */
  userClass?: string;
  /** The switch port at which a relay received it: text where printable, else bytes as `00:01:03:e9`. */
  circuitId?: string;
  remoteId?: string;
  /** Processor architectures the client can boot, by RFC 4578 number, best first. */
  architectures?: readonly number[];
  /** Of the network boot interface, as `3.16`. */
  undiVersion?: string;
  /** SMBIOS UUID, lower-case, in the order of the wire. */
  machineId?: string;
  /** Vendor-identifying data by IANA enterprise number. */
  vendorData?: ReadonlyMap<number, Uint8Array>;
  isIpxe: boolean;
}

/**
 * Reads the options named above. Throws an AppError `dhcp.unreadable` where the length of one is not that of its RFC.
 */
export function readDetails({ options }: DhcpPacket): DhcpDetails {
  const lookUp = <T>(code: number, read: (value: Uint8Array, code: number) => T): T | undefined => {
    const value = options.get(code);
    return value === undefined ? undefined : read(value, code);
  };
  const type = lookUp(option.messageType, (value, code) => exactly(1, value, code)[0]);
  const messageType = type === undefined ? undefined : messageTypes[type - 1];
  if (messageType === undefined)
    throw unreadable(type === undefined ? 'option 53 (message type) is missing' : `message type ${type}`);
  const relay = lookUp(option.relayAgent, readRelayAgent);
  const userClass = lookUp(option.userClass, text);
  return {
    messageType,
    serverId: lookUp(option.serverId, address),
    requestedAddress: lookUp(option.requestedAddress, address),
    hostname: lookUp(option.hostname, text),
    vendorClass: lookUp(option.vendorClass, text),
    clientId: lookUp(option.clientId, (value, code) => atLeast(2, value, code)),
    tftpServer: lookUp(option.tftpServer, text),
    bootFile: lookUp(option.bootFile, text),
    userClass,
    circuitId: relay?.get(1) && circuitText(relay.get(1) ?? new Uint8Array()),
    remoteId: relay?.get(2) && circuitText(relay.get(2) ?? new Uint8Array()),
    architectures: lookUp(option.architecture, readArchitectures),
    undiVersion: lookUp(option.networkInterface, (value, code) => `${exactly(3, value, code)[1]}.${value[2]}`),
    machineId: lookUp(option.machineId, readMachineId),
    vendorData: lookUp(option.vendorIdentifying, readVendorData),
    isIpxe: options.has(option.ipxe) || userClass === 'iPXE' || userClass === '\u0004iPXE',
  };
}

/**
 * The circuit in one spelling, whatever its source: its text where it is printable ASCII, else its bytes as
 * `00:01:03:e9`.
 */
export function circuitText(bytes: Uint8Array): string {
  const isPrintable = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isPrintable ? Buffer.from(bytes).toString('latin1') : Array.from(bytes, hexByte).join(':');
}

/** The sub-options of option 82: 1 is the circuit, 2 the relay's own name. */
export function readRelayAgent(value: Uint8Array): Map<number, Uint8Array> {
  const parts = new Map<number, Uint8Array>();
  for (let at = 0; at < value.length;) {
    const [code = 0, length] = [value[at], value[at + 1]];
    if (length === undefined || at + 2 + length > value.length)
      throw unreadable('a part of option 82 (relay agent) runs over its end');
    if (!parts.has(code)) parts.set(code, value.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return parts;
}

export const textBytes = (value: string): Uint8Array => Buffer.from(value, 'latin1');

function readArchitectures(value: Uint8Array): number[] {
  if (value.length === 0 || value.length % 2 !== 0)
    throw unreadable(`option 93 (architecture) has ${value.length} bytes, not pairs`);
  return Array.from(
    { length: value.length / 2 },
    (_, index) => ((value[index * 2] ?? 0) << 8) | (value[index * 2 + 1] ?? 0),
  );
}

function readMachineId(value: Uint8Array): string | undefined {
  if (exactly(17, value, option.machineId)[0] !== 0) return undefined; // RFC 4578 knows type 0 only
  const uuid = Array.from(value.subarray(1), hexByte).join('');
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function readVendorData(value: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  for (let at = 0; at < value.length;) {
    const length = value[at + 4];
    if (length === undefined || at + 5 + length > value.length)
      throw unreadable('a part of option 125 (vendor data) runs over its end');
    found.set(view.getUint32(at), value.slice(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return found;
}

const text = (value: Uint8Array) => Buffer.from(value).toString('latin1').replace(/\0+$/, '');
const address = (value: Uint8Array, code: number) => addressText(exactly(4, value, code));

function exactly(length: number, value: Uint8Array, code: number): Uint8Array {
  if (value.length !== length) throw unreadable(`option ${code} has ${value.length} bytes, not ${length}`);
  return value;
}

function atLeast(length: number, value: Uint8Array, code: number): Uint8Array {
  if (value.length < length) throw unreadable(`option ${code} has ${value.length} bytes, fewer than ${length}`);
  return value;
}
