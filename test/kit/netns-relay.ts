// A relay with one client behind it, in one program: asks the server (first argument) for an address as our own writer
// puts it on the wire, with the client on the circuit named (third), and ends when it was acknowledged. The second is
// our address, the fourth the client's MAC.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { option, readDetails, textBytes, type MessageType } from '../../edge/dhcp/options.ts';
import { addressBytes, readPacket, writePacket, type DhcpPacket } from '../../edge/dhcp/packet.ts';
import { hexBytes } from '../../edge/dhcp/spool-file.ts';

const [server = '', self = '', circuit = '', mac = '02:00:00:00:00:cc'] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.bind(67, self);
await once(socket, 'listening');

async function exchange(type: MessageType, more: [number, Uint8Array][]): Promise<DhcpPacket> {
  const circuitId = textBytes(circuit);
  socket.send(
    writePacket({
      op: 'request',
      hardwareType: 1,
      hardwareAddress: hexBytes(mac),
      hops: 1,
      transactionId: 77,
      secs: 0,
      wantsBroadcast: false,
      ciaddr: '0.0.0.0',
      yiaddr: '0.0.0.0',
      siaddr: '0.0.0.0',
      giaddr: self,
      serverName: '',
      bootFile: '',
      options: new Map([
        [option.messageType, Uint8Array.of(type === 'discover' ? 1 : 3)],
        ...more,
        [option.relayAgent, Uint8Array.from([1, circuitId.length, ...circuitId])],
      ]),
    }),
    67,
    server,
  );
  const [bytes] = (await once(socket, 'message')) as [Uint8Array];
  return readPacket(bytes);
}

const offer = await exchange('discover', []);
const ack = await exchange('request', [
  [option.requestedAddress, addressBytes(offer.yiaddr)],
  [option.serverId, addressBytes(readDetails(offer).serverId ?? server)],
]);
const { messageType, circuitId } = readDetails(ack);
process.stdout.write(JSON.stringify({ messageType, address: ack.yiaddr, circuitId }));
socket.close();
