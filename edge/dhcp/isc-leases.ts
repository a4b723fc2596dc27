// The leases file of ISC dhcpd (dhcpd.leases(5)). It is appended to: the last block of an address counts.
import { readFile } from 'node:fs/promises';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { Lease } from './lease.ts';
import { circuitText } from './options.ts';
import { hexBytes, padMac } from './spool-file.ts';

/** Reads the leases in use. Throws an AppError that names the file. */
export async function readIscLeasesFile(file: string): Promise<Lease[]> {
  try {
    return readIscLeases(await readFile(file, 'latin1'));
  } catch (cause) {
    throw new AppError({
      code: 'dhcp.leases-unreadable',
      kind: 'unavailable',
      publicMessage:
        `The leases file of ISC dhcpd cannot be read. Check that ${file} exists and that the agent may read ` + 'it.',
      cause,
    });
  }
}

/**
 * The leases in use, in order of first appearance. A block that is incomplete (dhcpd is writing it) is left out; so are
 * those of DHCPv6.
 */
export function readIscLeases(text: string): Lease[] {
  const byAddress = new Map<string, Lease | undefined>();
  for (const { words, statements } of blocks(text)) {
    const [kind, address] = words;
    if (kind === 'lease' && address !== undefined) byAddress.set(address, leaseOf(address, statements));
  }
  return [...byAddress.values()].filter((lease) => lease !== undefined);
}

/** `binding state active`: key `binding state`, rest `active`. A key has one or two words. */
function leaseOf(address: string, statements: string[][]): Lease | undefined {
  const after = (...key: string[]) =>
    statements.find((words) => key.every((word, index) => words[index] === word))?.slice(key.length);
  const [state] = after('binding', 'state') ?? [];
  const [mac] = after('hardware', 'ethernet') ?? [];
  const heard = timeOf(after('cltt') ?? after('starts') ?? []);
  if (state !== 'active' || mac === undefined || heard === undefined) return undefined;
  const [circuit] = after('option', 'agent.circuit-id') ?? [];
  const [hostname] = after('client-hostname') ?? [];
  const [, vendorClass] = after('set', 'vendor-class-identifier') ?? [];
  const read = Lease.safeParse({
    mac: padMac(mac),
    address,
    at: isoTime(heard),
    ...(circuit && {
      circuitId: /^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(circuit) ? circuitText(hexBytes(circuit)) : unquoted(circuit),
    }),
    ...(hostname && { hostname: unquoted(hostname) }),
    ...(vendorClass && { vendorClass: unquoted(vendorClass) }),
  });
  return read.success ? read.data : undefined;
}

/** `0 2026/11/22 15:43:57` (weekday, UTC) or `epoch 1507216949`, as milliseconds since 1970. */
function timeOf([first, second, third]: string[]): number | undefined {
  const at = first === 'epoch' ? Number(second) * 1000 : Date.parse(`${second?.replaceAll('/', '-')}T${third}Z`);
  return Number.isFinite(at) ? at : undefined;
}

const unquoted = (word: string) =>
  word
    .replace(/^"|"$/g, '')
    .replace(/\\([0-7]{3}|.)/g, (_whole, escaped: string) =>
      /^[0-7]{3}$/.test(escaped) ? String.fromCharCode(parseInt(escaped, 8) & 0xff) : escaped,
    );

interface Block {
  words: string[];
  statements: string[][];
}

/** The outermost `words { statements }`; nested blocks are skipped. */
function* blocks(text: string): Generator<Block> {
  let words: string[] = [];
  let open: Block | undefined;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"|#[^\n]*|[{};]|[^\s{};"#]+/g)) {
    if (token.startsWith('#')) continue;
    if (token === '{') {
      depth += 1;
      if (depth === 1) open = { words, statements: [] };
      words = [];
    } else if (token === '}') {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && open) yield open;
      if (depth === 0) open = undefined;
      words = [];
    } else if (token === ';') {
      if (depth === 1) open?.statements.push(words);
      words = [];
    } else {
      words.push(token);
    }
  }
}
