// A proxyDHCP responder beside any DHCP server: it tells booting machines what to boot, gives no addresses, and
// overhears which addresses clients request.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isoTime, systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { answerPxe, type PxeOffer } from './answer-pxe.ts';
import { Lease, type OnLease } from './lease.ts';
import { readDetails, type DhcpDetails } from './options.ts';
import { macOf, readPacket, writePacket, type DhcpPacket } from './packet.ts';

export interface ProxyDhcpOptions extends PxeOffer {
  /** A broadcast DHCPREQUEST names the address that its client was offered: all that can be overheard. */
  onLease: OnLease;
  /** Called for messages that cannot be read or answered. */
  onFault: (reason: string) => void;
  clock?: Clock;
  /** Ports other than DHCP's own, where those are taken. */
  ports?: { dhcp: number; pxe: number; client: number };
}

export interface ProxyDhcp {
  close(): Promise<void>;
}

const anyAddress = '0.0.0.0';
const broadcast = '255.255.255.255';

/**
 * Listens on ports 67 and 4011. Needs the right to bind them (root or CAP_NET_BIND_SERVICE), and no DHCP server on this
 * address.
 */
export async function startProxyDhcp({
  onLease,
  onFault,
  clock = systemClock,
  ports = { dhcp: 67, pxe: 4011, client: 68 },
  ...offer
}: ProxyDhcpOptions): Promise<ProxyDhcp> {
  // Linux sends a limited broadcast from the interface of the sender's address, and delivers one only to sockets bound
  // to all addresses: hence two sockets on one port. The first also receives what relays send to the agent's address.
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
      onFault(`a message from ${from.address} was skipped: ${explain(error)}`);
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

/** The lease that a client requests; undefined where the message requests none. */
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
