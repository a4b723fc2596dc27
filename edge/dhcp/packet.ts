// DHCPv4 messages as RFC 2131 lays them out, with RFC 3396 (long options) and option 52 (overload).
import { AppError } from '../../shared/kernel/errors/app-error.ts';

/** One message. Addresses are dotted text, `0.0.0.0` where not set; options by code, in order of first appearance. */
export interface DhcpPacket {
  op: 'request' | 'reply';
  /** 1 is Ethernet. */
  hardwareType: number;
  /** Six bytes for Ethernet, up to sixteen. */
  hardwareAddress: Uint8Array;
  hops: number;
  transactionId: number;
  secs: number;
  /** The client cannot yet take unicast. */
  wantsBroadcast: boolean;
  ciaddr: string;
  yiaddr: string;
  siaddr: string;
  giaddr: string;
  serverName: string;
  bootFile: string;
  options: ReadonlyMap<number, Uint8Array>;
}

const ethernet = 1;
const magicCookie = 0x63825363;
const fixedPart = 236;
const optionsAt = fixedPart + 4;
/** BOOTP's old minimum: some relays drop what is shorter. */
const leastLength = 300;
/** A jumbo frame. Nothing longer comes from a boot ROM or a BMC. */
const greatestLength = 9216;
const fields = { serverName: { at: 44, length: 64 }, bootFile: { at: 108, length: 128 } } as const;
const code = { pad: 0, overload: 52, end: 255 } as const;

export const unreadable = (what: string): AppError =>
  new AppError({
    code: 'dhcp.unreadable',
    kind: 'invalid',
    publicMessage: `The DHCP message is not as RFC 2131 has it: ${what}.`,
  });

/** Reads one UDP payload. Throws an AppError `dhcp.unreadable` and nothing else, whatever the bytes are. */
export function readPacket(bytes: Uint8Array): DhcpPacket {
  if (bytes.length < optionsAt) throw unreadable(`${bytes.length} bytes where at least ${optionsAt} are needed`);
  if (bytes.length > greatestLength)
    throw unreadable(`${bytes.length} bytes where at most ${greatestLength} are taken`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const op = view.getUint8(0);
  if (op !== 1 && op !== 2) throw unreadable(`op ${op}`);
  const hardwareType = view.getUint8(1);
  const hardwareLength = view.getUint8(2);
  if (hardwareLength > 16) throw unreadable(`a hardware address of ${hardwareLength} bytes`);
  if (hardwareType === ethernet && hardwareLength !== 6)
    throw unreadable(`an Ethernet address of ${hardwareLength} bytes`);
  if (view.getUint32(fixedPart) !== magicCookie)
    throw unreadable('the magic cookie is missing: BOOTP, or no DHCP at all');

  const options = readOptions(bytes);
  // With option 52 the two text fields carry options, and options 66 and 67 what they used to say.
  const overload = options.get(code.overload)?.[0] ?? 0;
  const fieldText = ({ at, length }: { at: number; length: number }) => textUpToNul(bytes.subarray(at, at + length));
  return {
    op: op === 1 ? 'request' : 'reply',
    hardwareType,
    hardwareAddress: bytes.slice(28, 28 + hardwareLength),
    hops: view.getUint8(3),
    transactionId: view.getUint32(4),
    secs: view.getUint16(8),
    wantsBroadcast: (view.getUint16(10) & 0x8000) !== 0,
    ciaddr: addressText(bytes.subarray(12, 16)),
    yiaddr: addressText(bytes.subarray(16, 20)),
    siaddr: addressText(bytes.subarray(20, 24)),
    giaddr: addressText(bytes.subarray(24, 28)),
    serverName: overload & 2 ? '' : fieldText(fields.serverName),
    bootFile: overload & 1 ? '' : fieldText(fields.bootFile),
    options,
  };
}

/**
 * Writes one UDP payload of at least 300 bytes. Throws an AppError `dhcp.unwritable` where a value does not fit its
 * field.
 */
export function writePacket(packet: DhcpPacket): Uint8Array {
  if (packet.hardwareAddress.length > 16)
    throw unwritable(`a hardware address of ${packet.hardwareAddress.length} bytes`);
  const options = [...packet.options].flatMap(([optionCode, value]) => optionBytes(optionCode, value));
  const bytes = new Uint8Array(Math.max(leastLength, optionsAt + options.length + 1));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, packet.op === 'request' ? 1 : 2);
  view.setUint8(1, packet.hardwareType);
  view.setUint8(2, packet.hardwareAddress.length);
  view.setUint8(3, packet.hops);
  view.setUint32(4, packet.transactionId);
  view.setUint16(8, packet.secs);
  view.setUint16(10, packet.wantsBroadcast ? 0x8000 : 0);
  for (const [at, address] of [
    [12, packet.ciaddr],
    [16, packet.yiaddr],
    [20, packet.siaddr],
    [24, packet.giaddr],
  ] as const)
    bytes.set(addressBytes(address), at);
  bytes.set(packet.hardwareAddress, 28);
  for (const name of ['serverName', 'bootFile'] as const) {
    const text = Buffer.from(packet[name], 'latin1');
    if (text.length >= fields[name].length)
      throw unwritable(`${name} has ${text.length} bytes, its field holds ${fields[name].length - 1}`);
    bytes.set(text, fields[name].at);
  }
  view.setUint32(fixedPart, magicCookie);
  bytes.set(options, optionsAt);
  bytes[optionsAt + options.length] = code.end;
  return bytes;
}

/** `02:00:00:00:00:aa`, or undefined where the client is not on Ethernet. */
export const macOf = ({ hardwareType, hardwareAddress }: DhcpPacket): string | undefined =>
  hardwareType === ethernet ? Array.from(hardwareAddress, hexByte).join(':') : undefined;

export const addressText = (bytes: Uint8Array): string => bytes.join('.');

/** The four bytes of `10.0.0.1`. Throws an AppError `dhcp.unwritable` for anything else. */
export function addressBytes(address: string): Uint8Array {
  const parts = address.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  if (!isAddress) throw unwritable(`'${address}' is no IPv4 address`);
  return Uint8Array.from(parts, Number);
}

export const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

const unwritable = (what: string) =>
  new AppError({ code: 'dhcp.unwritable', kind: 'bug', publicMessage: `A DHCP message cannot be written: ${what}.` });

function readOptions(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  readOptionField(bytes.subarray(optionsAt), 'options', options);
  const overload = options.get(code.overload);
  if (overload === undefined) return options;
  const [where = 0] = overload;
  if (overload.length !== 1 || where < 1 || where > 3) throw unreadable('option 52 (overload) is neither 1, 2 nor 3');
  // RFC 2131 section 4.1: first `file`, then `sname`.
  if (where & 1)
    readOptionField(bytes.subarray(fields.bootFile.at, fields.bootFile.at + fields.bootFile.length), 'file', options);
  if (where & 2)
    readOptionField(
      bytes.subarray(fields.serverName.at, fields.serverName.at + fields.serverName.length),
      'sname',
      options,
    );
  return options;
}

/**
 * Parts of a repeated option are joined in order (RFC 3396). A field may end without its end mark, never inside an
 * option.
 */
function readOptionField(field: Uint8Array, name: string, into: Map<number, Uint8Array>): void {
  for (let at = 0; at < field.length;) {
    const optionCode = field[at];
    if (optionCode === undefined || optionCode === code.end) return;
    if (optionCode === code.pad) {
      at += 1;
      continue;
    }
    const length = field[at + 1];
    if (length === undefined) throw unreadable(`option ${optionCode} ends before its length, in ${name}`);
    const value = field.slice(at + 2, at + 2 + length);
    if (value.length < length)
      throw unreadable(`option ${optionCode} says ${length} bytes where ${value.length} are left, in ${name}`);
    const earlier = into.get(optionCode);
    into.set(optionCode, earlier ? Buffer.concat([earlier, value]) : value);
    at += 2 + length;
  }
}

function optionBytes(optionCode: number, value: Uint8Array): number[] {
  if (optionCode <= code.pad || optionCode >= code.end) throw unwritable(`option ${optionCode} does not exist`);
  if (optionCode === code.overload) throw unwritable('option 52 is not written: long options are split instead');
  if (value.length <= 255) return [optionCode, value.length, ...value];
  return Array.from({ length: Math.ceil(value.length / 255) }, (_, part) => {
    const piece = value.subarray(part * 255, part * 255 + 255);
    return [optionCode, piece.length, ...piece];
  }).flat();
}

function textUpToNul(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('latin1');
}
