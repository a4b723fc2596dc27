import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A Debian package as the build used it. */
export interface PinnedPackage {
  name: string;
  version: string;
  sha256: string;
}
type Wanted = Omit<PinnedPackage, 'sha256'> & { sha256?: string };

/**
 * All packages that `names` need on a machine where nothing is installed, in the versions apt would take. What the
 * building machine has installed plays no part in it.
 */
export function resolvePackages(names: readonly string[], cache: string): Wanted[] {
  const nothingInstalled = path.join(cache, 'no-status');
  mkdirSync(cache, { recursive: true });
  writeFileSync(nothingInstalled, '');
  const output = run('apt-get', [
    '-o',
    `Dir::State::status=${nothingInstalled}`,
    '-qq',
    '--print-uris',
    '--no-install-recommends',
    'install',
    ...names,
  ]);
  const found = [...output.matchAll(/^'[^']*' (\S+)_(\S+)_[a-z0-9]+\.deb /gm)].map(([, name, version]) => ({
    name: name!,
    version: decodeURIComponent(version!),
  }));
  if (found.length === 0)
    throw new Error(`apt-get names no package for ${names.join(' ')}. Run 'apt-get update' and try again.`);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Downloads what is not in the cache yet (apt checks signatures and hashes) and unpacks all of it into one tree. */
export function fetchPackages(wanted: readonly Wanted[], cache: string): { packages: PinnedPackage[]; root: string } {
  const folder = path.join(cache, 'packages');
  mkdirSync(folder, { recursive: true });
  const fileOf = ({ name, version }: Wanted) =>
    ['amd64', 'all']
      .map((arch) => path.join(folder, `${name}_${version.replaceAll(':', '%3a')}_${arch}.deb`))
      .find(existsSync);
  const missing = wanted.filter((each) => !fileOf(each));
  if (missing.length > 0)
    run('apt-get', ['-qq', 'download', ...missing.map(({ name, version }) => `${name}=${version}`)], folder);
  const files = wanted.map((each) => {
    const file = fileOf(each);
    if (!file) throw new Error(`${each.name} ${each.version} was downloaded and is not in ${folder}`);
    const sha256 = sha256Of(readFileSync(file));
    if (each.sha256 !== undefined && each.sha256 !== sha256)
      throw new Error(`${file} has the hash ${sha256}, pinned is ${each.sha256}. Remove the file and build again.`);
    return { file, pinned: { name: each.name, version: each.version, sha256 } };
  });
  return { packages: files.map(({ pinned }) => pinned), root: unpack(files, cache) };
}

function unpack(files: readonly { file: string; pinned: PinnedPackage }[], cache: string): string {
  const root = path.join(cache, 'roots', sha256Of(files.map(({ pinned }) => pinned.sha256).join('\n')).slice(0, 16));
  if (existsSync(root)) return root;
  const half = `${root}.half`;
  rmSync(half, { recursive: true, force: true });
  // The libraries' folders are one on a Debian machine: the loader looks for them below /lib.
  for (const each of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64'])
    mkdirSync(path.join(half, each), { recursive: true });
  run('ln', ['-s', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', half]);
  for (const { file } of files)
    run('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --no-same-owner --keep-directory-symlink -C "$2"',
      'unpack',
      file,
      half,
    ]);
  renameSync(half, root);
  return root;
}

export const sha256Of = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** Runs a program and gives its output; its complaint becomes the error. */
export function run(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(
      `'${program} ${args.slice(0, 8).join(' ')} …' failed: ` +
        `${error?.message ?? stderr.trim().split('\n').slice(-3).join(' / ')}`,
    );
  return stdout;
}
