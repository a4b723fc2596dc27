// TFTP is for boot ROMs that know nothing better, and serves them nothing but iPXE, by Debian's tftpd-hpa.
import { copyFile, chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { architectures, loaders } from '../dhcp/architecture.ts';
import { systemCode } from '../kernel/system-error.ts';

export interface TftpSettings {
  /** Where ROMs ask: the address that DHCP or proxyDHCP names. */
  address: string;
  /** Holds the loaders and nothing else; tftpd can read nothing outside of it. */
  directory: string;
}

/**
 * How to start in.tftpd in the foreground, for a supervisor. Port 69 needs root; it then gives up its rights for
 * `user`.
 */
export const tftpdArguments = ({ address, directory }: TftpSettings, user = 'tftp'): string[] => [
  '--foreground',
  '--listen',
  '--address',
  `${address}:69`,
  '--user',
  user,
  '--secure',
  '--blocksize',
  '1428',
  directory,
];

/** The same as /etc/default/tftpd-hpa, where Debian's own service runs it. */
export const tftpdDefaults = ({ address, directory }: TftpSettings): string =>
  `TFTP_USERNAME="tftp"\nTFTP_DIRECTORY="${directory}"\nTFTP_ADDRESS="${address}:69"\nTFTP_OPTIONS="--secure ` +
  `--blocksize 1428"\n`;

/** Copies the loaders from where the package `ipxe` installs them, and says which architectures that serves. */
export async function fillTftpDirectory(directory: string, ipxeDirectory = '/usr/lib/ipxe'): Promise<string[]> {
  // tftpd hands out only what everybody may read, and a service's umask may say otherwise
  if (await mkdir(directory, { recursive: true })) await chmod(directory, 0o755);
  const copied: string[] = [];
  for (const architecture of architectures) {
    const target = path.join(directory, loaders[architecture]);
    try {
      await copyFile(path.join(ipxeDirectory, loaders[architecture]), target);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue; // not every package has every build
      throw error;
    }
    await chmod(target, 0o644);
    copied.push(architecture);
  }
  if (copied.length === 0)
    throw new AppError({
      code: 'boot.no-loaders',
      kind: 'unavailable',
      publicMessage:
        `There is no iPXE in ${ipxeDirectory}. Install it (apt-get install ipxe), or name the folder that ` + 'has it.',
    });
  return copied;
}
