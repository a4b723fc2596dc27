// Our own proxyDHCP responder: stands beside any DHCP server, tells booting machines what to boot, gives no addresses,
// and overhears which addresses clients ask for.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isoTime, systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { answerPxe, type PxeOffer } from './answer-pxe.ts';
import { Lease, type OnLease } from './lease.ts';
import { readDetails, type DhcpDetails } from './options.ts';
import { macOf, readPacket, writePacket, type DhcpPacket } from './packet.ts';

export interface ProxyDhcpOptions extends PxeOffer {
  /**
   * A broadcast DHCPREQUEST names the address its client has been offered: as much as one sees without being the
   * server.
   */
  onLease: OnLease;
  /** Told of messages that cannot be read or answered. */
  onFault: (reason: string) => void;
  clock?: Clock;
  /** Other ports than DHCP's own, for machines where those are taken. */
  ports?: { dhcp: number; pxe: number; client: number };
}

export interface ProxyDhcp {
  close(): Promise<void>;
}

const anyAddress = '0.0.0.0';
const broadcast = '255.255.255.255';

/**
 * Listens on 67 and 4011. Needs the right to bind them (root or CAP_NET_BIND_SERVICE), and that no DHCP server runs on
 * this very address.
 */
export async function startProxyDhcp({
  onLease,
  onFault,
  clock = systemClock,
  ports = { dhcp: 67, pxe: 4011, client: 68 },
  ...offer
}: ProxyDhcpOptions): Promise<ProxyDhcp> {
  // Linux sends a limited broadcast out where the sender's address lives, and delivers one only to who listens on all
  // addresses: hence two sockets on the same port. The first also hears what relays send to our address.
  const direct = await listen(offer.serverAddress, ports.dhcp);
  const overhearing = await listen(anyAddress, ports.dhcp).catch((error: unknown) => closeAll([direct], error));
  const pxe = await listen(offer.serverAddress, ports.pxe).catch((error: unknown) =>
    closeAll([direct, overhearing], error),
  );

  function hear(port: 'dhcp' | 'pxe', bytes: Uint8Array, from: RemoteInfo): void {
    try {
      const packet = readPacket(bytes);
      if (packet.op !== 'request') return; // another server's answer to a relay on this machine
      const details = readDetails(packet);
      const lease = overheardLease(packet, details, clock);
      if (lease)
        onLease(lease).catch((error: unknown) =>
          onFault(`the lease of ${lease.mac} could not be handed on: ${explain(error)}`),
        );
      const answer = answerPxe(packet, details, port, offer);
      if (answer) send(port, answer, from);
    } catch (error) {
      onFault(`a message from ${from.address} was passed over: ${explain(error)}`);
    }
  }

  function send(port: 'dhcp' | 'pxe', answer: DhcpPacket, from: RemoteInfo): void {
    const [to, toPort] =
      port === 'pxe'
        ? [from.address, from.port]
        : answer.giaddr !== anyAddress
          ? [answer.giaddr, ports.dhcp]
          : [broadcast, ports.client];
    (port === 'pxe' ? pxe : direct).send(writePacket(answer), toPort, to, (error) => {
      if (error) onFault(`${to}:${toPort} could not be answered: ${explain(error)}`);
    });
  }

  direct.setBroadcast(true);
  for (const [socket, port] of [
    [direct, 'dhcp'],
    [overhearing, 'dhcp'],
    [pxe, 'pxe'],
  ] as const) {
    socket.on('message', (bytes, from) => hear(port, bytes, from));
    socket.on('error', (error) => onFault(explain(error)));
  }
  return { close: () => closeAll([direct, overhearing, pxe]) };
}

/** What a client asks for on its way to an address; undefined where the message is not about one. */
export function overheardLease(packet: DhcpPacket, details: DhcpDetails, clock: Clock): Lease | undefined {
  if (details.messageType !== 'request') return undefined;
  const { hostname, vendorClass, circuitId, requestedAddress = packet.ciaddr } = details;
  const read = Lease.safeParse({
    mac: macOf(packet),
    address: requestedAddress,
    at: isoTime(clock.now()),
    ...(hostname && { hostname }),
    ...(vendorClass && { vendorClass }),
    ...(circuitId && { circuitId }),
  });
  return read.success ? read.data : undefined;
}

async function listen(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind(port, address);
  try {
    await once(socket, 'listening');
  } catch (cause) {
    throw new AppError({
      code: 'dhcp.cannot-listen',
      kind: 'unavailable',
      cause,
      publicMessage:
        `The proxyDHCP responder cannot listen on ${address}:${port}. The address must be this machine's, ` +
        'the port needs root or CAP_NET_BIND_SERVICE, and no DHCP server may hold it.',
    });
  }
  return socket;
}

async function closeAll(sockets: readonly Socket[]): Promise<void>;
async function closeAll(sockets: readonly Socket[], reason: unknown): Promise<never>;
async function closeAll(sockets: readonly Socket[], reason?: unknown): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  if (reason !== undefined) throw reason;
}
