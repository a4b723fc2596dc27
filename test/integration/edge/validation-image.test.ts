import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fillTftpDirectory, tftpdArguments } from '../../../edge/boot/tftpd.ts';
import { receiveInventory, type InventoryReport } from '../../../edge/image-jobs/receive.ts';
import { buildValidationImage } from '../../../infra/validation-image/build.ts';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import { keaConfiguration, keaEnvironment } from '../../kit/netns-dhcp.ts';
import { startNeighbour } from '../../kit/netns-lldp.ts';
import { addTap, createNetns, createSwitch, plugIn, type Daemon, type Netns } from '../../kit/netns.ts';
import {
  agentAddress,
  bootTimeout,
  builtImage,
  reportUrl,
  seconds,
  startReceiver,
  type Receiver,
} from './validation-image-lab.ts';

const needs = {
  'qemu-system-x86_64': 'qemu-system-x86',
  lldpd: 'lldpd',
  busybox: 'busybox-static',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
};
const pxeNeeds = {
  ...needs,
  'kea-dhcp4': 'kea-dhcp4-server',
  'in.tftpd': 'tftpd-hpa',
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/lib/ipxe/ipxe.efi': 'ipxe',
  '/usr/lib/ipxe/qemu/pxe-virtio.rom': 'ipxe-qemu',
};
const machineOf = (folder: string, serial: string) => [
  '-M',
  'q35',
  '-accel',
  'tcg',
  '-m',
  '1024',
  '-smp',
  '2,sockets=2,cores=1,threads=1',
  '-nographic',
  '-no-reboot',
  '-monitor',
  'none',
  '-serial',
  `file:${folder}/console`,
  '-smbios',
  `type=1,manufacturer=Rackline,product=Lab Server,serial=${serial}`,
];
const tap = (name: string, mac: string, more = '') => [
  '-netdev',
  `tap,id=${name},ifname=${name},script=no,downscript=no`,
  '-device',
  `virtio-net-pci,netdev=${name},mac=${mac},speed=25000,duplex=full${more}`,
];
const scratch = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rackline-image-lab-'));
  chmodSync(folder, 0o755); // daemons give up root and must still reach their sockets
  return folder;
};

describeInNetns('the validation image, between a DHCP server and a real lldpd', needs, () => {
  const macs = ['52:54:00:aa:00:01', '52:54:00:aa:00:02'] as const;
  const content = Buffer.alloc(24 * 1024 * 1024, 'tenant data ');
  const folder = scratch();
  const [nvme, disk, other] = ['nvme', 'disk', 'other'].map((name) => path.join(folder, `${name}.img`)) as [
    string,
    string,
    string,
  ];
  let lan: Netns;
  let receiver: Receiver;
  let report: InventoryReport;

  beforeAll(async () => {
    const image = builtImage();
    for (const file of [nvme, disk, other]) writeFileSync(file, content);
    lan = await createNetns();
    for (const port of ['sw0', 'sw1']) {
      await lan.run('ip', 'tuntap', 'add', port, 'mode', 'tap');
      await lan.run('ip', 'link', 'set', port, 'up');
    }
    await lan.run('ip', 'address', 'add', `${agentAddress}/24`, 'dev', 'sw0');
    writeFileSync(path.join(folder, 'leases'), '');
    writeFileSync(
      path.join(folder, 'udhcpd.conf'),
      `start 10.99.0.100\nend 10.99.0.110\nmax_leases 11\ninterface sw0\nlease_file ` +
        `${folder}/leases\npidfile ${folder}/pid\nopt subnet 255.255.255.0\n`,
    );
    await lan.start('busybox', ['udhcpd', '-f', path.join(folder, 'udhcpd.conf')], { ready: /started/ });
    for (const [index, tap] of ['sw0', 'sw1'].entries())
      await startNeighbour(lan, folder, { tap, switchName: 'leaf-1', portName: `Ethernet1/${index + 1}` });
    receiver = await startReceiver(lan, folder, () => readFileSync(path.join(folder, 'console'), 'utf8'));
    const started = performance.now();
    const drive = (file: string, index: number, device: string) => [
      '-drive',
      `file=${file},if=none,id=d${index},format=raw`,
      '-device',
      `${device},drive=d${index}`,
    ];
    await lan.start('qemu-system-x86_64', [
      ...machineOf(folder, 'LAB0001'),
      '-kernel',
      path.join(image.folder, 'vmlinuz'),
      '-initrd',
      path.join(image.folder, 'initramfs'),
      '-append',
      `console=ttyS0 quiet rackline.report=${reportUrl} rackline.poll_seconds=1 ` +
        `BOOTIF=01-${macs[0].replaceAll(':', '-')}`,
      ...tap('sw0', macs[0]),
      ...tap('sw1', macs[1]),
      '-device',
      'virtio-scsi-pci',
      ...drive(nvme, 0, 'nvme,serial=NVME0001'),
      ...drive(disk, 1, 'scsi-hd,serial=DISK0001,rotation_rate=7200'),
      ...drive(other, 2, 'scsi-hd,serial=DISK0002,rotation_rate=7200'),
    ]);
    report = receiveInventory(await receiver.posted('/inventory'));
    console.log(`validation image: ${seconds(started)} from power-on to its report (kernel given to QEMU, no KVM)`);
  }, bootTimeout);
  afterAll(async () => {
    await lan.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says which machine it runs on, and what is in it', () => {
    expect(report).toMatchObject({ serial: 'LAB0001', bootMac: macs[0] });
    expect(report.facts.unread).toBeUndefined();
    expect(report.facts.identity).toMatchObject({ manufacturer: 'Rackline', model: 'Lab Server' });
    expect(report.facts.processors).toHaveLength(2);
    expect(report.facts.memory?.totalMiB).toBe(1024);
    expect(report.facts.networkPorts).toEqual(
      macs.map((mac, index) => ({ name: `eth${index}`, mac, speedMbps: 25000, isLinkUp: true })),
    );
  });

  it('lists every drive by its own serial number, and how it can be erased', () => {
    const sizeBytes = content.length;
    expect(report.facts.drives).toHaveLength(3);
    expect(report.facts.drives).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ serial: 'NVME0001', media: 'nvme', health: 'ok', sizeBytes }),
        expect.objectContaining({ serial: 'DISK0001', media: 'hdd', sizeBytes }),
        expect.objectContaining({ serial: 'DISK0002', media: 'hdd', sizeBytes }),
      ]),
    );
    expect(report.facts.drives?.flatMap(({ serial, erase }) => (erase ? [[serial, erase]] : []))).toEqual([
      ['NVME0001', { methods: ['nvme-format-user-data'] }],
    ]);
  });

  it('hears the switch on each port by itself', () => {
    expect(
      report.facts.neighbours?.map(({ localPort, systemName, portId }) => [localPort, systemName, portId]),
    ).toEqual([
      ['eth0', 'leaf-1', 'Ethernet1/1'],
      ['eth1', 'leaf-1', 'Ethernet1/2'],
    ]);
  });

  it(
    'tests its links',
    async () => {
      const { state, results } = await receiver.run({ id: 'w1', kind: 'link-test', target: agentAddress, count: 20 });
      expect({ state, results }).toEqual({
        state: 'done',
        results: [
          { subject: 'eth0', outcome: 'passed', evidence: '25000 Mb/s, 0 of 20 packets lost, 0 errors counted' },
          { subject: 'eth1', outcome: 'passed', evidence: '25000 Mb/s, 0 of 0 packets lost, 0 errors counted' },
        ],
      });
    },
    bootTimeout,
  );

  it(
    'is burnt in without a word written to its drives',
    async () => {
      const { state, results } = await receiver.run({ id: 'w2', kind: 'burn-in', seconds: 5 });
      expect(state).toBe('done');
      expect(results.map(({ subject, outcome }) => `${subject} ${outcome}`).sort()).toEqual([
        'cpu0 passed',
        'cpu1 passed',
        'ecc passed',
        'memory passed',
        'nvme0n1 passed',
        'sda passed',
        'sdb passed',
      ]);
      for (const file of [nvme, disk, other]) expect(readFileSync(file).equals(content)).toBe(true);
    },
    bootTimeout,
  );

  it(
    'erases the drives that are named and no other, and says which it could not find',
    async () => {
      const { state, results } = await receiver.run({
        id: 'w3',
        kind: 'erase',
        drives: ['NVME0001', 'DISK0001', 'NOT-THERE'],
      });
      expect(state).toBe('failed');
      expect(new Map(results.map(({ subject, outcome, evidence }) => [subject, `${outcome}: ${evidence}`]))).toEqual(
        new Map([
          ['NVME0001', 'erased: nvme-format-user-data, all marks gone'],
          ['DISK0001', 'erased: overwrite, all marks gone'],
          ['NOT-THERE', 'failed: not exactly one drive has this serial number'],
        ]),
      );
      for (const file of [nvme, disk]) expect(readFileSync(file).includes('tenant data')).toBe(false);
      expect(readFileSync(other).equals(content)).toBe(true);
    },
    bootTimeout,
  );

  it(
    'is built to the same bytes again from its own manifest',
    () => {
      const { manifest } = builtImage();
      expect(buildValidationImage({ out: path.join(folder, 'second'), pinned: manifest })).toEqual(manifest);
      console.log(`validation image: built twice, initramfs sha256 ${manifest.outputs['initramfs']?.sha256}`);
    },
    bootTimeout,
  );
});

describeInNetns('the validation image, over the network beside a Kea', pxeNeeds, () => {
  const folder = scratch();
  let machines: Netns[] = [];
  let lan: Netns;
  let edge: Netns;

  beforeAll(async () => {
    const image = builtImage();
    for (const name of ['vmlinuz', 'initramfs']) copyFileSync(path.join(image.folder, name), path.join(folder, name));
    const dhcpServer = await createNetns();
    edge = await createNetns();
    lan = await createSwitch();
    machines = [dhcpServer, edge, lan];
    await plugIn(lan, dhcpServer, { address: '10.99.0.2/24' });
    await plugIn(lan, edge, { address: `${agentAddress}/24` });
    const configuration = await keaConfiguration(folder, (dhcp4) => {
      delete dhcp4['client-classes'];
    });
    await dhcpServer.start('kea-dhcp4', ['-c', configuration], { env: keaEnvironment(folder), ready: /DHCP4_STARTED/ });
    await fillTftpDirectory(path.join(folder, 'tftp'));
    await edge.start(
      'in.tftpd',
      tftpdArguments({ address: agentAddress, directory: path.join(folder, 'tftp') }, 'root'),
    );
  }, bootTimeout);
  afterAll(async () => {
    for (const machine of machines) await machine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'is booted by a BIOS and by UEFI, and reports both machines',
    async () => {
      const [bios, uefi] = ['52:54:00:00:00:b1', '52:54:00:00:00:e1'] as const;
      const image = {
        kernel: 'vmlinuz',
        initrd: 'initramfs',
        arguments:
          `console=ttyS0 quiet rackline.report=${reportUrl} rackline.lldp_seconds=1 ` + `BOOTIF=01-\${netX/mac:hexhyp}`,
      };
      const settings = {
        address: agentAddress,
        filesDirectory: folder,
        proxyDhcp: true,
        states: { [bios]: 'DISCOVERED', [uefi]: 'DISCOVERED' },
        images: { 'bios-x86': image, 'uefi-x64': image },
      };
      await edge.start(
        process.execPath,
        [path.resolve(import.meta.dirname, '../../kit/netns-edge.ts'), JSON.stringify(settings)],
        { ready: /"ready"/ },
      );
      const receiver = await startReceiver(edge, folder, () => readFileSync(path.join(folder, 'console'), 'utf8'));
      const variables = path.join(folder, 'OVMF_VARS.fd');
      copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
      const firmware = [
        '-drive',
        'if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd',
        '-drive',
        `if=pflash,format=raw,unit=1,file=${variables}`,
        '-device',
        'virtio-rng-pci',
      ];
      for (const [name, mac, more] of [
        ['bios', bios, ['-boot', 'n', ...tap('tap-bios', bios)]],
        ['uefi', uefi, [...firmware, ...tap('tap-uefi', uefi, ',romfile=,bootindex=1')]],
      ] as const) {
        await addTap(lan, `tap-${name}`);
        const started = performance.now();
        const machine: Daemon = await lan.start('qemu-system-x86_64', [...machineOf(folder, `${name}-1`), ...more]);
        const report = receiveInventory(
          await receiver.posted('/inventory', (body) => receiveInventory(body).bootMac === mac),
        );
        console.log(`validation image: ${seconds(started)} from power-on to its report (${name}, iPXE, no KVM)`);
        expect(report).toMatchObject({ serial: `${name}-1`, facts: { networkPorts: [{ mac, isLinkUp: true }] } });
        await machine.stop();
      }
    },
    2 * bootTimeout,
  );
});
