// TFTP serves iPXE, and nothing else, to boot ROMs that support nothing better, by Debian's tftpd-hpa.
import { copyFile, chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { architectures, loaders } from '../dhcp/architecture.ts';
import { systemCode } from '../kernel/system-error.ts';

export interface TftpSettings {
  /** The address that DHCP or proxyDHCP names to boot ROMs. */
  address: string;
  /** The folder of loaders; tftpd can read nothing outside of it. */
  directory: string;
}

/** The arguments that start in.tftpd in the foreground. Port 69 needs root; it then drops its rights for `user`. */
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

/** The same for /etc/default/tftpd-hpa, where Debian's own service runs it. */
export const tftpdDefaults = ({ address, directory }: TftpSettings): string =>
  `TFTP_USERNAME="tftp"\nTFTP_DIRECTORY="${directory}"\nTFTP_ADDRESS="${address}:69"\nTFTP_OPTIONS="--secure ` +
  `--blocksize 1428"\n`;

/** Copies the loaders from where the package `ipxe` installs them. Answers the architectures that have one. */
export async function fillTftpDirectory(directory: string, ipxeDirectory = '/usr/lib/ipxe'): Promise<string[]> {
  // tftpd serves only world-readable files, and the service's umask may deny that
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
