// Feeds mutated DHCP messages to everything that reads one, and counts what must not happen.
//   node test/fuzz/dhcp.ts [inputs = 1000000] [seed = 1]
// Ends with 1 where an input broke out of the one class of error, or took longer than a second.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { answerPxe, type PxeOffer } from '../../edge/dhcp/answer-pxe.ts';
import { readDetails } from '../../edge/dhcp/options.ts';
import { readPacket, writePacket } from '../../edge/dhcp/packet.ts';
import { overheardLease } from '../../edge/dhcp/proxy-dhcp.ts';
import { systemClock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { aMessage } from '../unit/edge/dhcp/build-packet.ts';

interface Outcome {
  accepted: number;
  refused: number;
  answered: number;
  crashes: { input: string; error: string }[];
  slowestMilliseconds: number;
  peakHeapBytes: number;
}

const offer: PxeOffer = { serverAddress: '10.0.0.2', tftpAddress: '10.0.0.2', scriptUrl: 'http://10.0.0.2:8081/boot.ipxe', filesUrl: 'http://10.0.0.2:8081/files/' };
const hangMilliseconds = 1000;

/** What machines really send: a plain client, boot ROMs, iPXE, one behind a relay, long and overloaded options. */
const seeds = [
  aMessage('discover'),
  aMessage('discover', { with: { 60: 'PXEClient:Arch:00000:UNDI:002001', 93: Uint8Array.of(0, 0), 94: Uint8Array.of(1, 2, 1), 97: new Uint8Array(17), 55: Uint8Array.of(1, 3, 43, 60, 66, 67) } }),
  aMessage('discover', { with: { 60: 'HTTPClient:Arch:00016:UNDI:003001', 93: Uint8Array.of(0, 16), 61: Uint8Array.of(1, 2, 0, 0, 0, 0, 0xaa) } }),
  aMessage('request', { ciaddr: '10.0.0.9', with: { 60: 'PXEClient:Arch:00007', 77: 'iPXE', 93: Uint8Array.of(0, 7), 175: new Uint8Array(40).fill(1), 50: Uint8Array.of(10, 0, 0, 9), 54: Uint8Array.of(10, 0, 0, 1) } }),
  aMessage('request', { giaddr: '10.0.0.1', with: { 12: 'node-1', 60: 'iDRAC', 82: Uint8Array.of(1, 4, 69, 116, 104, 49, 2, 2, 0, 9), 125: Uint8Array.of(0, 0, 0, 11, 2, 7, 8) } }),
  aMessage('discover', { with: { 43: new Uint8Array(700).fill(6) } }),
].map(writePacket);
const overloaded = Uint8Array.from(seeds[0] ?? []);
overloaded.set([52, 1, 3, 255], 243);
overloaded.set([12, 2, 110, 49, 255], 44);
seeds.push(overloaded);

if (isMainThread) await watch(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 1));
else run(workerData as { inputs: number; seed: number; done: Int32Array });

/** Runs the inputs in a worker, so that one that hangs can be seen and ended from outside. */
async function watch(inputs: number, seed: number): Promise<void> {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const started = performance.now();
  const worker = new Worker(new URL(import.meta.url), { workerData: { inputs, seed, done } });
  let [last, since, hangs] = [0, performance.now(), 0];
  const timer = setInterval(() => {
    const now = Atomics.load(done, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (last > 0 && performance.now() - since > 5 * hangMilliseconds) {
      hangs += 1;
      void worker.terminate();
    }
  }, 100);
  const outcome = await new Promise<Outcome | undefined>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => resolve(undefined));
  });
  clearInterval(timer);
  if (outcome && outcome.slowestMilliseconds > hangMilliseconds) hangs += 1;
  const seconds = (performance.now() - started) / 1000;
  const { crashes = [], ...counts } = outcome ?? {};
  console.log(JSON.stringify({ inputs: outcome ? inputs : last, seed, seconds: Number(seconds.toFixed(1)), perSecond: Math.round(inputs / seconds), ...counts, crashes: crashes.length, hangsOverOneSecond: hangs, residentBytes: process.memoryUsage.rss() }, null, 2));
  for (const { input, error } of crashes.slice(0, 10)) console.log(`${error}\n  ${input}`);
  process.exitCode = crashes.length > 0 || hangs > 0 ? 1 : 0;
}

function run({ inputs, seed, done }: { inputs: number; seed: number; done: Int32Array }): void {
  const random = xorshift(seed);
  const outcome: Outcome = { accepted: 0, refused: 0, answered: 0, crashes: [], slowestMilliseconds: 0, peakHeapBytes: 0 };
  for (let index = 1; index <= inputs; index++) {
    const input = mutate(seeds[random(seeds.length)] ?? new Uint8Array(), random);
    const started = performance.now();
    try {
      const packet = readPacket(input);
      const details = readDetails(packet);
      overheardLease(packet, details, systemClock);
      for (const port of ['dhcp', 'pxe'] as const) {
        const answer = answerPxe(packet, details, port, offer);
        if (answer === undefined) continue;
        outcome.answered += 1;
        if (readPacket(writePacket(answer)).yiaddr !== '0.0.0.0') throw new Error('an address was handed out');
      }
      outcome.accepted += 1;
    } catch (error) {
      if (error instanceof AppError && error.code === 'dhcp.unreadable') outcome.refused += 1;
      else if (outcome.crashes.length < 1000) outcome.crashes.push({ input: Buffer.from(input).toString('hex'), error: String(error) });
    }
    outcome.slowestMilliseconds = Math.max(outcome.slowestMilliseconds, performance.now() - started);
    if (index % 10_000 === 0) outcome.peakHeapBytes = Math.max(outcome.peakHeapBytes, process.memoryUsage().heapUsed);
    Atomics.store(done, 0, index);
  }
  parentPort?.postMessage(outcome);
}

/** One to eight changes: bits, bytes, lengths, cuts, insertions, repeated and spliced parts. Mostly past the fixed fields, where the structure is. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Uint8Array.from(original);
  const place = () => (random(4) === 0 ? random(bytes.length || 1) : Math.min(240 + random(Math.max(1, bytes.length - 240)), Math.max(0, bytes.length - 1)));
  for (let changes = 1 + random(8); changes > 0; changes--) {
    const at = place();
    switch (random(8)) {
      case 0: bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8)); break;
      case 1: bytes[at] = random(256); break;
      case 2: bytes[at] = [0, 1, 2, 52, 82, 127, 128, 255][random(8)] ?? 0; break;
      case 3: bytes = bytes.slice(0, at); break;
      case 4: bytes = Uint8Array.from([...bytes.subarray(0, at), ...Array.from({ length: 1 + random(8) }, () => random(256)), ...bytes.subarray(at)]); break;
      case 5: bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - random(64)), at), ...bytes.subarray(at)]); break;
      case 6: bytes = Uint8Array.from([...bytes.subarray(0, at), ...(seeds[random(seeds.length)] ?? bytes).subarray(240 + random(40))]); break;
      default: bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + random(4))]);
    }
    if (random(20_000) === 0) bytes = Uint8Array.from([...bytes, ...new Uint8Array(random(20_000)).fill(random(256))]);
  }
  return bytes;
}

/** Marsaglia's xorshift32: the same inputs for the same seed, on every machine. */
function xorshift(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
