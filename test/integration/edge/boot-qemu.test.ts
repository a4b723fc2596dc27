import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fillTftpDirectory, tftpdArguments } from '../../../edge/boot/tftpd.ts';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import { keaConfiguration, keaEnvironment, seenBy } from '../../kit/netns-dhcp.ts';
import { addTap, createNetns, createSwitch, plugIn, type Daemon, type Netns } from '../../kit/netns.ts';
import { until } from '../../kit/until.ts';

const needs = {
  'kea-dhcp4': 'kea-dhcp4-server',
  'in.tftpd': 'tftpd-hpa',
  'qemu-system-x86_64': 'qemu-system-x86',
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/lib/ipxe/ipxe.efi': 'ipxe',
  '/usr/lib/ipxe/qemu/pxe-virtio.rom': 'ipxe-qemu',
};

/** Emulated without KVM, on a busy machine: firmware alone may take a minute. */
const bootTimeout = 240_000;

describeInNetns('machines that boot from the network beside a Kea', needs, () => {
  const [bios, uefi] = ['52:54:00:00:00:b1', '52:54:00:00:00:e1'];
  let folder: string;
  let machines: Netns[] = [];
  let lan: Netns;
  let edge: Daemon;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rackline-boot-'));
    const [dhcpServer, edgeMachine] = [await createNetns(), await createNetns()];
    lan = await createSwitch();
    machines = [dhcpServer, edgeMachine, lan];
    await plugIn(lan, dhcpServer, { address: '10.99.0.2/24' });
    await plugIn(lan, edgeMachine, { address: '10.99.0.1/24' });
    // Kea gives addresses and nothing else; what to boot is said by us alone.
    const configuration = await keaConfiguration(folder, (dhcp4) => {
      delete dhcp4['client-classes'];
    });
    await dhcpServer.start('kea-dhcp4', ['-c', configuration], { env: keaEnvironment(folder), ready: /DHCP4_STARTED/ });
    await fillTftpDirectory(path.join(folder, 'tftp'));
    await edgeMachine.start(
      'in.tftpd',
      tftpdArguments({ address: '10.99.0.1', directory: path.join(folder, 'tftp') }, 'root'),
    );
    await writeFile(path.join(folder, 'vmlinuz'), 'no kernel');
    const settings = {
      address: '10.99.0.1',
      filesDirectory: folder,
      proxyDhcp: true,
      states: { [uefi]: 'DISCOVERED' },
      images: { 'uefi-x64': { kernel: 'vmlinuz', initrd: 'initrd.img', arguments: 'quiet' } },
    };
    edge = await edgeMachine.start(
      process.execPath,
      [path.resolve(import.meta.dirname, '../../kit/netns-edge.ts'), JSON.stringify(settings)],
      { ready: /"ready"/ },
    );
  });

  afterAll(async () => {
    for (const machine of machines) await machine.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const powerOn = (tap: string, mac: string, ...more: string[]) =>
    lan.start('qemu-system-x86_64', [
      '-M',
      'q35',
      '-accel',
      'tcg',
      '-m',
      '512',
      '-nographic',
      '-no-reboot',
      '-netdev',
      `tap,id=n0,ifname=${tap},script=no,downscript=no`,
      '-device',
      'virtio-rng-pci',
      ...more.map((arg) => arg.replace('$mac', mac)),
    ]);

  it(
    'sends a BIOS machine nobody knows to the holding script, and it keeps asking',
    async () => {
      await addTap(lan, 'tap-bios');
      const machine = await powerOn(
        'tap-bios',
        bios,
        '-boot',
        'n',
        '-smbios',
        'type=1,serial=BIOS-1',
        '-device',
        'virtio-net-pci,netdev=n0,mac=$mac',
      );
      const asked = () => seenBy(edge).filter((line) => line.seen === 'boot' && line.mac === bios);
      await until('the BIOS machine to ask twice', () => asked().length >= 2, bootTimeout).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${edge.output()}\n${machine.output().slice(-3000)}`);
      });
      await machine.stop();
      expect(asked()[0]).toEqual({
        seen: 'boot',
        mac: bios,
        architecture: 'bios-x86',
        serial: 'BIOS-1',
        choice: 'hold',
      });
      expect(seenBy(edge)).toContainEqual({
        seen: 'lease',
        lease: expect.objectContaining({
          mac: bios,
          address: expect.stringMatching(/^10\.99\.0\.1\d\d$/),
          vendorClass: expect.stringMatching(/^PXEClient:Arch:00000/),
        }),
      });
    },
    bootTimeout,
  );

  it(
    'gives a UEFI machine iPXE by TFTP, then the script of its state by HTTP',
    async () => {
      await addTap(lan, 'tap-uefi');
      const variables = path.join(folder, 'OVMF_VARS.fd');
      await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
      const machine = await powerOn(
        'tap-uefi',
        uefi,
        '-drive',
        'if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd',
        '-drive',
        `if=pflash,format=raw,unit=1,file=${variables}`,
        '-smbios',
        'type=1,serial=UEFI-1',
        '-device',
        'virtio-net-pci,netdev=n0,mac=$mac,romfile=,bootindex=1',
      );
      const asked = () => seenBy(edge).filter((line) => line.seen === 'boot' && line.mac === uefi);
      await until(
        'the UEFI machine to ask, and to ask again when its kernel does not start',
        () => asked().length >= 2,
        bootTimeout,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${edge.output()}\n${machine.output().slice(-3000)}`);
      });
      await machine.stop();
      const asks = { seen: 'boot', mac: uefi, architecture: 'uefi-x64', serial: 'UEFI-1', choice: 'image' };
      expect(asked().slice(0, 2)).toEqual([asks, asks]);
    },
    bootTimeout,
  );
});
