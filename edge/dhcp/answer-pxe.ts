// The answers of a proxyDHCP service: what to boot, never an address (PXE 2.1 section 2.2, UEFI 2.10 section 24.7 for
// HTTP boot).
import { architectureOfOption93, loaders } from './architecture.ts';
import { option, textBytes, type DhcpDetails } from './options.ts';
import { addressBytes, type DhcpPacket } from './packet.ts';

export interface PxeOffer {
  /** The agent's address, where port 4011 answers. */
  serverAddress: string;
  /** Where boot ROMs fetch the loader by TFTP. */
  tftpAddress: string;
  /** The script that iPXE is sent to. */
  scriptUrl: string;
  /** The folder of loaders for firmware that speaks HTTP itself, ending in a slash. */
  filesUrl: string;
}

/** 43.6 = 8: boot the file named here, ask no boot server and show no menu. */
const useThisFile = Uint8Array.of(6, 1, 8, 255);
const noAddress = '0.0.0.0';

/**
 * The reply to a client that boots from the network; undefined where it needs none from us. `port` is where the message
 * was received.
 */
export function answerPxe(
  packet: DhcpPacket,
  details: DhcpDetails,
  port: 'dhcp' | 'pxe',
  offer: PxeOffer,
): DhcpPacket | undefined {
  const isAsking =
    port === 'dhcp'
      ? details.messageType === 'discover'
      : details.messageType === 'request' || details.messageType === 'inform';
  const client = ['PXEClient', 'HTTPClient'].find((name) => details.vendorClass?.startsWith(name));
  const bootFile = bootFileFor(details, offer);
  if (packet.op !== 'request' || !isAsking || client === undefined || bootFile === undefined) return undefined;

  const options = new Map<number, Uint8Array>([
    [option.messageType, Uint8Array.of(port === 'dhcp' ? 2 : 5)],
    [option.serverId, addressBytes(offer.serverAddress)],
    [option.vendorClass, textBytes(client)],
    [option.bootFile, textBytes(bootFile)],
  ]);
  if (client === 'PXEClient') {
    options.set(option.tftpServer, textBytes(offer.tftpAddress));
    options.set(option.vendorSpecific, useThisFile);
  }
  // Clients drop answers that do not repeat their id; relays need theirs to find the way back (RFC 3046: it comes
  // last).
  for (const code of [option.machineId, option.relayAgent]) {
    const asked = packet.options.get(code);
    if (asked !== undefined) options.set(code, asked);
  }
  return {
    ...packet,
    op: 'reply',
    hops: 0,
    secs: 0,
    yiaddr: noAddress,
    ciaddr: port === 'pxe' ? packet.ciaddr : noAddress,
    siaddr: client === 'PXEClient' ? offer.tftpAddress : noAddress,
    serverName: '',
    bootFile: bootFile.length < 128 ? bootFile : '', // old ROMs read only the field, and it holds no more
    options,
  };
}

/** A script for iPXE, else the loader for the first architecture we have one for; undefined where there is none. */
function bootFileFor(details: DhcpDetails, offer: PxeOffer): string | undefined {
  if (details.isIpxe) return offer.scriptUrl;
  const [architecture] = (details.architectures ?? [])
    .map(architectureOfOption93)
    .filter((known) => known !== undefined);
  if (architecture === undefined) return undefined;
  return details.vendorClass?.startsWith('HTTPClient')
    ? new URL(loaders[architecture], offer.filesUrl).href
    : loaders[architecture];
}
