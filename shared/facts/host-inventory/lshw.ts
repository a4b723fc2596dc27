import { z } from 'zod';
import { anyOf, count, known, said } from '../said.ts';
import { MacAddress, type Drive, type NetworkPort, type ServerFacts } from '../server.ts';
import { readLshwXml } from './lshw-xml.ts';
import { unreadable } from './unreadable.ts';

const text = z.string().optional().catch(undefined);
const number = z.coerce.number().int().positive().optional().catch(undefined);

/** A node of lshw's tree. What is odd in it is left out, never refused. */
const Node = z.object({
  id: z.string().catch(''),
  class: text,
  product: text,
  vendor: text,
  serial: text,
  slot: text,
  businfo: text,
  version: text,
  physid: text,
  claimed: z.coerce.boolean().catch(false),
  logicalname: z
    .union([z.string(), z.array(z.string()).transform((names) => names[0])])
    .optional()
    .catch(undefined),
  size: number,
  clock: number,
  configuration: z.record(z.string(), z.coerce.string()).catch({}),
  capabilities: z.record(z.string(), z.unknown()).catch({}),
  children: z.array(z.unknown()).catch([]),
});
/** `above` are the nodes it hangs below, nearest last. */
type Node = z.infer<typeof Node> & { above: Node[] };

/**
 * What `lshw -json` or `lshw -xml` says of a server, in either generation of the format. Throws only if the
 * text as a whole is neither.
 */
export function readLshw(output: string): ServerFacts {
  const nodes = flatten(treeOf(output), []);
  const system = nodes[0];
  if (!system?.id) throw unreadable('lshw', 'its top is not a node with an id', output);
  const all = (...classes: string[]) => nodes.filter((each) => classes.includes(each.class ?? ''));
  return known<ServerFacts>({
    source: 'lshw',
    identity: identityOf(system),
    processors: anyOf(socketsOf(all('processor')).map(processorOf)),
    memory: memoryOf(all('memory')),
    drives: anyOf(all('disk').flatMap(driveOf)),
    networkPorts: anyOf(all('network').flatMap(portOf)),
    firmware: anyOf(
      all('memory')
        .filter((each) => each.id === 'firmware')
        .map((each) => known({ component: 'bios' as const, name: 'BIOS', version: said(each.version) })),
    ),
  });
}

function treeOf(output: string): unknown {
  try {
    const tree: unknown = output.trimStart().startsWith('<') ? readLshwXml(output) : JSON.parse(output);
    // With `-class`, or from 2.18 on, the top is an array.
    return Array.isArray(tree) && tree.length === 1
      ? tree[0]
      : Array.isArray(tree)
        ? { id: 'lshw', children: tree }
        : tree;
  } catch (cause) {
    throw unreadable('lshw', 'it is neither JSON nor XML', output, cause);
  }
}

/** A machine's parts hang about ten deep; a text in which they hang deeper was not written by lshw. */
const deepest = 64;

function flatten(value: unknown, above: Node[]): Node[] {
  if (above.length > deepest) return [];
  const parsed = Node.safeParse(value);
  if (!parsed.success) return [];
  const node: Node = { ...parsed.data, above };
  return [node, ...node.children.flatMap((child) => flatten(child, [...above, node]))];
}

function identityOf(system: Node): ServerFacts['identity'] {
  const sku = said(system.configuration['sku']);
  return known({
    manufacturer: said(system.vendor),
    // lshw appends the SKU to the product's name.
    model: said(
      system.configuration['sku'] === undefined
        ? system.product
        : system.product?.replace(` (${system.configuration['sku']})`, ''),
    ),
    serial: said(system.serial),
    sku,
    uuid: said(system.configuration['uuid'])?.toLowerCase(),
  });
}

/** Old releases list each core as another nameless `cpu:n`; ARM boards name none of theirs. */
function socketsOf(processors: Node[]): Node[] {
  const claimed = processors.filter((each) => each.id.startsWith('cpu') && (each.claimed || each.product));
  const withModel = claimed.filter((each) => said(each.product));
  return withModel.length > 0 ? withModel : claimed;
}

const processorOf = (node: Node) =>
  known({
    socket: said(node.slot) ?? said(node.businfo) ?? node.id,
    model: said(node.product),
    cores: count(node.configuration['cores']),
    threads: count(node.configuration['threads']),
  });

/** Banks where their sizes are given; else what the board says it has in all. */
function memoryOf(nodes: Node[]): ServerFacts['memory'] {
  const boards = nodes.filter((each) => /^memory(:\d+)?$/.test(each.id));
  const banks = nodes.filter((each) => each.id.startsWith('bank') && each.size);
  const modules = banks.map((bank) =>
    known({
      slot: said(bank.slot) ?? bank.id,
      sizeMiB: mebibytes(bank.size),
      manufacturer: said(bank.vendor),
      partNumber: said(bank.product),
      serial: said(bank.serial),
      speedMtps: bank.clock === undefined ? undefined : Math.round(bank.clock / 1_000_000),
    }),
  );
  const totalMiB = boards.reduce((sum, board) => {
    const ofItsBanks = banks
      .filter((bank) => bank.above.includes(board))
      .reduce((bytes, bank) => bytes + mebibytes(bank.size), 0);
    return sum + (ofItsBanks || mebibytes(board.size));
  }, 0);
  return totalMiB > 0 ? { totalMiB, modules } : undefined;
}

function driveOf(node: Node): Drive[] {
  const isDrive = /^(disk|namespace|nvme)/.test(node.id) && node.size !== undefined;
  if (!isDrive) return [];
  // A namespace carries the size; model and serial number are its controller's.
  const controller = node.above.findLast((each) => each.id.startsWith('nvme'));
  const name = node.logicalname ?? said(node.businfo) ?? node.id;
  return [
    known<Drive>({
      name: name.replace(/^\/dev\//, ''),
      model: said(node.product) ?? said(controller?.product),
      serial: said(node.serial) ?? said(controller?.serial),
      sizeBytes: node.size,
      media: controller || name.includes('nvme') ? 'nvme' : undefined,
    }),
  ];
}

/** Drivers of ports made of software; lshw calls them physical all the same. */
const virtualDrivers = new Set(['tun', 'veth', 'bridge', 'bonding', 'dummy']);

function portOf(node: Node): NetworkPort[] {
  const isPhysical =
    ('physical' in node.capabilities || node.businfo !== undefined) &&
    !virtualDrivers.has(node.configuration['driver'] ?? '');
  if (!isPhysical || !node.logicalname) return [];
  const link = node.configuration['link'];
  return [
    known<NetworkPort>({
      name: node.logicalname,
      mac: MacAddress.safeParse(node.serial).data,
      speedMbps: node.size === undefined ? undefined : Math.round(node.size / 1_000_000),
      isLinkUp: link === undefined ? undefined : link === 'yes',
    }),
  ];
}

const mebibytes = (bytes: number | undefined) => Math.floor((bytes ?? 0) / 1_048_576);
