import { Buffer } from 'node:buffer';

/** One thing in the image. Paths have no leading slash; `mode` is the permission bits alone. */
export type Entry =
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'file'; path: string; mode: number; data: Buffer }
  | { kind: 'link'; path: string; target: string }
  | { kind: 'device'; path: string; mode: number; major: number; minor: number };

const typeBits = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/**
 * A cpio archive in the `newc` format the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst).
 * The same entries give the same bytes in whatever order they come: sorted by path, numbered in that order, owned by
 * root, all of one time.
 * @param epochSeconds the time written on every entry
 */
export function cpio(entries: readonly Entry[], epochSeconds: number): Buffer {
  const parts: Buffer[] = [];
  // Sorting by path puts a directory before what it holds.
  const sorted = [...withParents(entries)].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const [index, entry] of sorted.entries()) {
    const data = entry.kind === 'file' ? entry.data : Buffer.from(entry.kind === 'link' ? entry.target : '');
    parts.push(...record(entry, index + 1, epochSeconds, data));
  }
  parts.push(...record({ kind: 'file', path: 'TRAILER!!!', mode: 0, data: Buffer.alloc(0) }, 0, 0, Buffer.alloc(0)));
  return Buffer.concat(parts);
}

function record(entry: Entry, inode: number, epochSeconds: number, data: Buffer): Buffer[] {
  const isTrailer = inode === 0;
  const name = Buffer.from(`${entry.path}\0`);
  const mode = isTrailer ? 0 : typeBits[entry.kind] | (entry.kind === 'link' ? 0o777 : entry.mode);
  const [major, minor] = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
  const fields = [
    inode,
    mode,
    0,
    0,
    entry.kind === 'directory' ? 2 : 1,
    epochSeconds,
    data.length,
    0,
    0,
    major,
    minor,
    name.length,
    0,
  ];
  const head = Buffer.concat([
    Buffer.from(`070701${fields.map((each) => each.toString(16).padStart(8, '0')).join('')}`),
    name,
  ]);
  return [head, padding(head.length), data, padding(data.length)];
}

const padding = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);

/** The kernel makes no directory by itself. */
function withParents(entries: readonly Entry[]): Iterable<Entry> {
  const all = new Map<string, Entry>();
  for (const entry of entries) {
    for (let slash = entry.path.indexOf('/'); slash > 0; slash = entry.path.indexOf('/', slash + 1)) {
      const path = entry.path.slice(0, slash);
      if (!all.has(path)) all.set(path, { kind: 'directory', path, mode: 0o755 });
    }
    all.set(entry.path, entry);
  }
  return all.values();
}
