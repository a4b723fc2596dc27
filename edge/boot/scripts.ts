// iPXE scripts (https://ipxe.org/scripting), with commands that Debian's build of 2019 has.
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Architecture } from '../dhcp/architecture.ts';

/** Kernel and initial RAM disk by name in the boot server's folder, and the kernel's command line. */
export interface Image {
  kernel: string;
  initrd: string;
  arguments: string;
}

export interface ScriptSettings {
  /** The address of the boot server, without a slash at the end: `http://10.0.0.1:8081`. */
  baseUrl: string;
  images: Partial<Record<Architecture, Image>>;
  /** How long a machine waits before it asks again. */
  waitSeconds: number;
}

/** How iPXE describes its machine. netX is the port that it booted from, which need not be the first one. */
const selfDescription = [
  'mac=${netX/mac:hexhyp}',
  'platform=${platform}',
  'buildarch=${buildarch}',
  'serial=${serial:uristring}',
  'uuid=${uuid}',
  'manufacturer=${manufacturer:uristring}',
  'product=${product:uristring}',
].join('&');

const heading = (says: string) => ['#!ipxe', `echo Rackline: ${line(says)}.`];

/**
 * Asks for the script of this machine. Every DHCP server points to this one, so that it need not know more than one
 * address.
 */
export const firstScript = (settings: ScriptSettings): string =>
  lines([...heading('asking what to boot'), ...askAgain(settings, 0)]);

/** Waits and asks again, for ever; starts nothing. */
export const holdScript = (reason: string, settings: ScriptSettings, seconds = settings.waitSeconds): string =>
  lines([...heading(`${reason}. It waits and asks again`), ...askAgain(settings, seconds)]);

/**
 * Boots from the machine's own drives: a BIOS is told the drive; UEFI continues its boot order when the script fails.
 */
export const diskScript = (reason: string, architecture: Architecture): string =>
  lines([
    ...heading(`${reason} and boots from its own drive`),
    ...(architecture === 'bios-x86' ? ['sanboot --no-describe --drive 0x80 || exit 1'] : ['exit 1']),
  ]);

/** `reportUrl` contains the token of this boot. BOOTIF names the port that was booted from, of several. */
export const imageScript = (reason: string, image: Image, reportUrl: string, settings: ScriptSettings): string =>
  lines([
    ...heading(`${reason} and boots the validation image`),
    // iPXE keeps what it fetched: a second attempt must not boot two kernels
    'imgfree',
    // named, because a UEFI kernel finds its RAM disk by the name on its command line
    `kernel ${fileUrl(settings, image.kernel)} initrd=${image.initrd} ${line(image.arguments)} ` +
      `rackline.report=${line(reportUrl)} BOOTIF=01-\${netX/mac:hexhyp} || goto again`,
    `initrd --name ${image.initrd} ${fileUrl(settings, image.initrd)} || goto again`,
    'boot || goto again',
    ':again',
    ...askAgain(settings, settings.waitSeconds),
  ]);

const fileUrl = (settings: Pick<ScriptSettings, 'baseUrl'>, name: string): string =>
  `${settings.baseUrl}/files/${encodeURIComponent(name)}?mac=\${netX/mac:hexhyp}`;

function askAgain(settings: ScriptSettings, seconds: number): string[] {
  return [
    ':wait',
    ...(seconds > 0 ? [`sleep ${seconds}`] : []),
    `chain --replace --autofree ${settings.baseUrl}/boot.ipxe?${selfDescription} ||`,
    `sleep ${settings.waitSeconds}`,
    'goto wait',
  ];
}

/** Throws for a line break, which would make the rest of the value a command. */
function line(value: string): string {
  if (/[\r\n]/.test(value))
    throw new AppError({
      code: 'boot.line-break',
      kind: 'bug',
      publicMessage: 'A value for an iPXE script has a line break in it.',
    });
  return value;
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
