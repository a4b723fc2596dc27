import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from './cpio.ts';
import { runInside } from './programs.ts';

/** `cloud` is small and knows virtual machines; `generic` has the drivers of real servers. */
export const kernels = { cloud: 'linux-image-cloud-amd64', generic: 'linux-image-amd64' } as const;
export type KernelKind = keyof typeof kernels;

/** What a server must have before anything can be seen of it: ports, drives, and the bus to its BMC. */
const wantedModules = [
  /^kernel\/drivers\/net\/((ethernet|phy|mdio)\/|virtio_net|mdio|net_failover|vmxnet3\/)/,
  /^kernel\/drivers\/(nvme|ata|message\/fusion|virtio|char\/ipmi|edac)\//,
  /^kernel\/drivers\/scsi\/(?!.*(iscsi|fcoe|libfc|bfa|lpfc|qla))/,
  /^kernel\/drivers\/(block\/(virtio_blk|virtio_scsi)|char\/hw_random\/virtio)/,
  /^kernel\/net\/packet\//,
];

/** The kernel of an unpacked tree: its image, and the modules that see hardware, with the index modprobe reads. */
export function kernelOf(root: string, scratch: string): { version: string; vmlinuz: string; entries: Entry[] } {
  const version = readdirSync(path.join(root, 'boot'))
    .find((each) => each.startsWith('vmlinuz-'))
    ?.slice('vmlinuz-'.length);
  if (!version) throw new Error(`There is no kernel in ${root}/boot`);
  const from = path.join(root, 'usr/lib/modules', version);
  runInside(root, 'usr/bin/kmod', 'depmod', ['-b', path.join(root, 'usr'), version]);
  const staged = path.join(scratch, 'lib/modules', version);
  rmSync(staged, { recursive: true, force: true });
  const chosen = withNeeds(readFileSync(path.join(from, 'modules.dep'), 'utf8'));
  if (chosen.some((each) => !each.endsWith('.ko')))
    throw new Error(`The modules of ${version} are compressed; this build expects those of Debian 12.`);
  for (const each of [...chosen, 'modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    if (!existsSync(path.join(from, each))) continue;
    mkdirSync(path.dirname(path.join(staged, each)), { recursive: true });
    cpSync(path.join(from, each), path.join(staged, each));
  }
  runInside(root, 'usr/bin/kmod', 'depmod', ['-b', scratch, version]);
  // What only the kernel's own tools read, in forms that BusyBox does not know, stays behind.
  const index = ['modules.dep', 'modules.alias', 'modules.symbols', 'modules.softdep', 'modules.builtin'];
  const entries = [...chosen, ...index].map((each): Entry => ({
    kind: 'file',
    path: `lib/modules/${version}/${each}`,
    mode: 0o644,
    data: readFileSync(path.join(staged, each)),
  }));
  return { version, vmlinuz: path.join(root, 'boot', `vmlinuz-${version}`), entries };
}

/** The wanted modules and, by `modules.dep`, all they need. */
function withNeeds(modulesDep: string): string[] {
  const lines = modulesDep.split('\n').flatMap((line) => {
    const [module, needs] = line.split(':');
    return module ? [{ module, needs: (needs ?? '').split(' ').filter(Boolean) }] : [];
  });
  return [
    ...new Set(
      lines
        .filter(({ module }) => wantedModules.some((wanted) => wanted.test(module)))
        .flatMap(({ module, needs }) => [module, ...needs]),
    ),
  ].sort();
}
