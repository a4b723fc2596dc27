// Builds the validation image: a kernel, and a small Linux that lives in memory, says what a server is and takes work.
// node_modules/.bin/node infra/validation-image/build.ts [--kernel=cloud|generic] [--out=DIR] [--pinned=MANIFEST]
// [--source-date-epoch=SECONDS] Needs a Debian 12 machine (apt-get, dpkg-deb), no root. See README.md beside this file.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import { z } from 'zod';
import { cpio, type Entry } from './cpio.ts';
import { kernelOf, kernels, type KernelKind } from './kernel.ts';
import { fetchPackages, resolvePackages, sha256Of } from './packages.ts';
import { busyboxOf, programsOf } from './programs.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const cache = path.join(projectRoot, 'node_modules/.cache/validation-image');

const packages = [
  'busybox-static',
  'dmidecode',
  'lshw',
  'lldpd',
  'ethtool',
  'smartmontools',
  'nvme-cli',
  'hdparm',
  'sg3-utils',
  'memtester',
  'util-linux',
  'kmod',
];
const programs = [
  'usr/sbin/dmidecode',
  'usr/bin/lshw',
  'usr/sbin/lldpd',
  'usr/sbin/lldpcli',
  'usr/sbin/ethtool',
  'usr/sbin/smartctl',
  'usr/sbin/nvme',
  'usr/sbin/hdparm',
  'usr/bin/sg_sanitize',
  'usr/sbin/memtester',
  'usr/bin/lsblk',
];

/** What was built, from what. Building again from its `packages` gives the same hashes. */
export const Manifest = z.object({
  kernel: z.object({ kind: z.enum(['cloud', 'generic']), version: z.string() }),
  sourceDateEpoch: z.number().int(),
  outputs: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.number().int() })),
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

export interface BuildOptions {
  /** Where `vmlinuz`, `initramfs` and `manifest.json` go. */
  out: string;
  kernel?: KernelKind;
  /** An earlier manifest whose package versions are to be taken again. */
  pinned?: Manifest;
  sourceDateEpoch?: number;
}

/** Builds kernel and initramfs into `out`. The same packages, scripts and options give the same bytes. */
export function buildValidationImage({
  out,
  pinned,
  kernel: kind = pinned?.kernel.kind ?? 'cloud',
  sourceDateEpoch = pinned?.sourceDateEpoch ?? 0,
}: BuildOptions): Manifest {
  const wanted = pinned?.packages ?? resolvePackages([...packages, kernels[kind]], cache);
  const unpacked = fetchPackages(wanted, cache);
  const scratch = mkdtempSync(path.join(tmpdir(), 'validation-image-'));
  try {
    const kernel = kernelOf(unpacked.root, scratch);
    const entries = [
      ...skeleton(),
      ...busyboxOf(unpacked.root),
      ...programsOf(unpacked.root, programs),
      ...kernel.entries,
      ...scripts(),
    ];
    const initramfs = zstdCompressSync(cpio(entries, sourceDateEpoch), {
      params: { [constants.ZSTD_c_compressionLevel]: 12 },
    });
    const outputs = { vmlinuz: readFileSync(kernel.vmlinuz), initramfs };
    mkdirSync(out, { recursive: true });
    for (const [name, data] of Object.entries(outputs)) writeFileSync(path.join(out, name), data);
    const manifest: Manifest = {
      kernel: { kind, version: kernel.version },
      sourceDateEpoch,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, data]) => [name, { sha256: sha256Of(data), bytes: data.length }]),
      ),
      packages: unpacked.packages,
    };
    writeFileSync(path.join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The folders and the two files of names that the programs expect; the rest is made by the kernel. */
function skeleton(): Entry[] {
  const text = (file: string, data: string): Entry => ({
    kind: 'file',
    path: file,
    mode: 0o644,
    data: Buffer.from(data),
  });
  return [
    ...['dev', 'proc', 'sys', 'run', 'run/lldpd', 'tmp', 'root', 'var/run', 'etc/lldpd.d'].map((each): Entry => ({
      kind: 'directory',
      path: each,
      mode: 0o755,
    })),
    // The kernel opens it before anything is mounted.
    { kind: 'device', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    // lldpd gives up root for the user of this name.
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n_lldpd:x:100:100::/run/lldpd:/bin/false\n'),
    text('etc/group', 'root:x:0:\n_lldpd:x:100:\n'),
  ];
}

/** `image/init` starts it all; what it reads lies in /lib/rackline. */
function scripts(): Entry[] {
  const folder = path.join(import.meta.dirname, 'image');
  return readdirSync(folder).map((name): Entry => ({
    kind: 'file',
    path: name === 'init' ? 'init' : `lib/rackline/${name}`,
    mode: 0o755,
    data: readFileSync(path.join(folder, name)),
  }));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kernel: { type: 'string', default: 'cloud' },
      out: { type: 'string', default: path.join(cache, 'out') },
      pinned: { type: 'string' },
      'source-date-epoch': { type: 'string' },
    },
  });
  const pinned =
    values.pinned === undefined ? undefined : Manifest.parse(JSON.parse(readFileSync(values.pinned, 'utf8')));
  const epoch = z.coerce.number().int().nonnegative().optional().parse(values['source-date-epoch']);
  const manifest = buildValidationImage({
    out: values.out,
    ...(pinned ? { pinned } : { kernel: z.enum(['cloud', 'generic']).parse(values.kernel) }),
    ...(epoch !== undefined && { sourceDateEpoch: epoch }),
  });
  for (const [name, { sha256, bytes }] of Object.entries(manifest.outputs))
    process.stdout.write(`${path.join(values.out, name)}  ${(bytes / 1e6).toFixed(1)} MB  sha256 ${sha256}\n`);
}
