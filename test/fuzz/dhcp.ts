// Mutated DHCP messages, for everything that reads one and answers it.
//   node_modules/.bin/node test/fuzz/dhcp.ts [inputs = 1000000] [seed = 1]
import { answerPxe, type PxeOffer } from '../../edge/dhcp/answer-pxe.ts';
import { readDetails } from '../../edge/dhcp/options.ts';
import { readPacket, writePacket } from '../../edge/dhcp/packet.ts';
import { overheardLease } from '../../edge/dhcp/proxy-dhcp.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { aMessage } from '../unit/edge/dhcp/build-packet.ts';
import { runFuzz, type Target } from './harness.ts';
import type { Random } from './mutate.ts';

const offer: PxeOffer = {
  serverAddress: '10.0.0.2',
  tftpAddress: '10.0.0.2',
  scriptUrl: 'http://10.0.0.2:8081/boot.ipxe',
  filesUrl: 'http://10.0.0.2:8081/files/',
};

/** What machines really send: a plain client, boot ROMs, iPXE, one behind a relay, long and overloaded options. */
const seeds = [
  aMessage('discover'),
  aMessage('discover', {
    with: {
      60: 'PXEClient:Arch:00000:UNDI:002001',
      93: Uint8Array.of(0, 0),
      94: Uint8Array.of(1, 2, 1),
      97: new Uint8Array(17),
      55: Uint8Array.of(1, 3, 43, 60, 66, 67),
    },
  }),
  aMessage('discover', {
    with: {
      60: 'HTTPClient:Arch:00016:UNDI:003001',
      93: Uint8Array.of(0, 16),
      61: Uint8Array.of(1, 2, 0, 0, 0, 0, 0xaa),
    },
  }),
  aMessage('request', {
    ciaddr: '10.0.0.9',
    with: {
      60: 'PXEClient:Arch:00007',
      77: 'iPXE',
      93: Uint8Array.of(0, 7),
      175: new Uint8Array(40).fill(1),
      50: Uint8Array.of(10, 0, 0, 9),
      54: Uint8Array.of(10, 0, 0, 1),
    },
  }),
  aMessage('request', {
    giaddr: '10.0.0.1',
    with: {
      12: 'node-1',
      60: 'iDRAC',
      82: Uint8Array.of(1, 4, 69, 116, 104, 49, 2, 2, 0, 9),
      125: Uint8Array.of(0, 0, 0, 11, 2, 7, 8),
    },
  }),
  aMessage('discover', { with: { 43: new Uint8Array(700).fill(6) } }),
].map(writePacket);
const overloaded = Uint8Array.from(seeds[0] ?? []);
overloaded.set([52, 1, 3, 255], 243);
overloaded.set([12, 2, 110, 49, 255], 44);
seeds.push(overloaded);

export const target: Target<Uint8Array> = {
  make: (random) => mutate(random.pick(seeds), random),
  read: (input) => {
    const packet = readPacket(input);
    const details = readDetails(packet);
    overheardLease(packet, details, systemClock);
    for (const port of ['dhcp', 'pxe'] as const) {
      const answer = answerPxe(packet, details, port, offer);
      if (answer && readPacket(writePacket(answer)).yiaddr !== '0.0.0.0') throw new Error('an address was handed out');
    }
  },
  show: (input) => Buffer.from(input).toString('hex'),
  isRefusal: (error) => error instanceof AppError && error.code === 'dhcp.unreadable',
};

/**
 * One to eight changes: bits, bytes, lengths, cuts, insertions, repeated and spliced parts. Mostly past the fixed
 * fields, where the structure is.
 */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(original);
  const place = () =>
    random.below(4) === 0
      ? random.below(bytes.length || 1)
      : Math.min(240 + random.below(Math.max(1, bytes.length - 240)), Math.max(0, bytes.length - 1));
  for (let changes = 1 + random.below(8); changes > 0; changes--) {
    const at = place();
    switch (random.below(8)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes[at] = [0, 1, 2, 52, 82, 127, 128, 255][random.below(8)] ?? 0;
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes = Uint8Array.from([
          ...bytes.subarray(0, at),
          ...Array.from({ length: 1 + random.below(8) }, () => random.below(256)),
          ...bytes.subarray(at),
        ]);
        break;
      case 5:
        bytes = Uint8Array.from([
          ...bytes.subarray(0, at),
          ...bytes.subarray(Math.max(0, at - random.below(64)), at),
          ...bytes.subarray(at),
        ]);
        break;
      case 6:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...random.pick(seeds).subarray(240 + random.below(40))]);
        break;
      default:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + random.below(4))]);
    }
    if (random.below(20_000) === 0)
      bytes = Uint8Array.from([...bytes, ...new Uint8Array(random.below(20_000)).fill(random.below(256))]);
  }
  return bytes;
}

if (import.meta.main) await runFuzz(import.meta.url);
