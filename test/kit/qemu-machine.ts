import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerHardware } from '../simulators/bmc/hardware.ts';
import { memoryDevice, processor } from './smbios.ts';

export interface QemuMachine {
  /** As it is now: with what is wrong with it. */
  hardware: ServerHardware;
  firmware: 'bios' | 'uefi';
  /** For its drives, its tables and what it writes on its console. */
  folder: string;
  /** A tap for each of its network ports. */
  taps: readonly string[];
}

export const consoleOf = ({ folder }: Pick<QemuMachine, 'folder'>): string => path.join(folder, 'console');

/**
 * What QEMU is told so that its machine says of itself what this hardware would: processors, modules and drives with
 * their serial numbers, and its own MAC addresses. It computes with two small cores and one gigabyte, whatever it says.
 */
export function qemuArguments(machine: QemuMachine): string[] {
  const {
    hardware: { serial, uuid, manufacturer, model, processors, memory, firmware },
    folder,
  } = machine;
  const tables = [...processors.map(processor), ...memory.map(memoryDevice)].map((bytes, index) => {
    const file = path.join(folder, `smbios-${index}`);
    writeFileSync(file, bytes);
    return file;
  });
  return [
    '-M',
    'q35',
    '-accel',
    'tcg',
    '-m',
    '1024',
    '-smp',
    `${processors.length},sockets=${processors.length},cores=1,threads=1`,
    '-nographic',
    '-no-reboot',
    '-monitor',
    'none',
    '-serial',
    `file:${consoleOf(machine)}`,
    '-uuid',
    uuid,
    '-smbios',
    `type=0,vendor=${manufacturer},version=${firmware.bios}`,
    '-smbios',
    `type=1,manufacturer=${manufacturer},product=${model},serial=${serial}`,
    ...tables.flatMap((file) => ['-smbios', `file=${file}`]),
    ...firmwareOf(machine),
    ...portsOf(machine),
    ...drivesOf(machine),
  ];
}

function firmwareOf({ firmware, folder }: QemuMachine): string[] {
  if (firmware === 'bios') return ['-boot', 'n'];
  const variables = path.join(folder, 'OVMF_VARS.fd');
  copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
  return [
    '-drive',
    'if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd',
    '-drive',
    `if=pflash,format=raw,unit=1,file=${variables}`,
    '-device',
    'virtio-rng-pci',
  ];
}

/** Its first port is the one it boots from. The other has no option ROM: its firmware cannot boot from it. */
const portsOf = ({ hardware: { networkPorts }, firmware, taps }: QemuMachine): string[] =>
  networkPorts.flatMap(({ mac, speedMbps }, index) => {
    const boots = index === 0 ? (firmware === 'uefi' ? ',romfile=,bootindex=1' : '') : ',romfile=';
    return [
      '-netdev',
      `tap,id=n${index},ifname=${taps[index]},script=no,downscript=no`,
      '-device',
      `virtio-net-pci,netdev=n${index},mac=${mac},speed=${speedMbps},duplex=full${boots}`,
    ];
  });

/** As large as they say, and empty: their files take no room. */
const drivesOf = ({ hardware: { drives }, folder }: QemuMachine): string[] =>
  drives.flatMap(({ serial, sizeBytes }, index) => {
    const file = path.join(folder, `drive-${index}`);
    writeFileSync(file, '');
    truncateSync(file, sizeBytes);
    return [
      '-drive',
      `file=${file},if=none,id=d${index},format=raw`,
      '-device',
      `nvme,drive=d${index},serial=${serial}`,
    ];
  });
