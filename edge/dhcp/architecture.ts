/** What a machine's firmware can run when it boots from the network. */
export const architectures = ['bios-x86', 'uefi-ia32', 'uefi-x64', 'uefi-arm64'] as const;
export type Architecture = (typeof architectures)[number];

/** DHCP option 93, by IANA's registry ("Processor Architecture Types"); the last three are those of UEFI HTTP boot. */
const byNumber = new Map<number, Architecture>([
  [0, 'bios-x86'],
  [6, 'uefi-ia32'],
  [7, 'uefi-x64'],
  [9, 'uefi-x64'],
  [11, 'uefi-arm64'],
  [15, 'uefi-ia32'],
  [16, 'uefi-x64'],
  [19, 'uefi-arm64'],
]);
export const architectureOfOption93 = (number: number): Architecture | undefined => byNumber.get(number);

/** As iPXE names it: `${platform}` and `${buildarch}`. A BIOS build says i386 on every processor. */
export function architectureOfIpxe(
  platform: string | undefined,
  buildArchitecture: string | undefined,
): Architecture | undefined {
  if (platform === 'pcbios') return 'bios-x86';
  if (platform !== 'efi') return undefined;
  return ({ i386: 'uefi-ia32', x86_64: 'uefi-x64', arm64: 'uefi-arm64' } as const)[buildArchitecture ?? ''];
}

/** The iPXE loader for each architecture, named as in Debian's and iPXE's own builds. */
export const loaders: Readonly<Record<Architecture, string>> = {
  'bios-x86': 'undionly.kpxe',
  'uefi-ia32': 'ipxe-i386.efi',
  'uefi-x64': 'ipxe.efi',
  'uefi-arm64': 'ipxe-arm64.efi',
};
