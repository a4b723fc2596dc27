import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { builtImage, seconds } from '../../integration/edge/validation-image-lab.ts';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import { keaConfiguration, keaEnvironment } from '../../kit/netns-dhcp.ts';
import { addTap, type Daemon } from '../../kit/netns.ts';
import { until } from '../../kit/until.ts';
import { agentAddress, aServer, NetnsDatacenter } from './datacenter.ts';

const needs = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
  'kea-dhcp4': 'kea-dhcp4-server',
  '/usr/sbin/in.tftpd': 'tftpd-hpa',
  '/usr/lib/ipxe/undionly.kpxe': 'ipxe',
  '/usr/lib/ipxe/qemu/pxe-virtio.rom': 'ipxe-qemu',
};
const [expected, unknown] = ['5c:ed:8c:00:00:11', 'f4:e9:d4:00:00:99'];
const server = aServer('srv-1', { state: 'DISCOVERED', serial: 'LAB0001', macs: [expected] });

describeInNetns('machines that boot through the agent, beside a Kea that knows nothing of it', needs, () => {
  let datacenter: NetnsDatacenter;
  beforeAll(async () => {
    const image = builtImage();
    datacenter = await NetnsDatacenter.create([server]);
    const dhcpServer = await datacenter.machine({ address: '10.99.0.2/24' });
    const configuration = await keaConfiguration(datacenter.folder, (dhcp4) => {
      delete dhcp4['client-classes'];
    });
    await dhcpServer.start('kea-dhcp4', ['-c', configuration], {
      env: keaEnvironment(datacenter.folder),
      ready: /DHCP4_STARTED/,
    });
    await datacenter.startAgent({
      EDGE_PROXY_DHCP: agentAddress,
      EDGE_BOOT_LISTEN: `${agentAddress}:8081`,
      EDGE_BOOT_IMAGE: image.folder,
      EDGE_BOOT_ARGUMENTS: 'console=ttyS0 quiet rackline.lldp_seconds=1 rackline.poll_seconds=1',
      EDGE_TFTP_DIR: path.join(datacenter.folder, 'tftp'),
      EDGE_TFTP_LISTEN: agentAddress,
    });
  });
  afterAll(() => datacenter.dispose());

  async function powerOn(
    name: string,
    mac: string,
    serial: string,
  ): Promise<{ machine: Daemon; console: () => string }> {
    await addTap(datacenter.lan, name);
    const file = path.join(datacenter.folder, `${name}.console`);
    const machine = await datacenter.lan.start('qemu-system-x86_64', [
      '-M',
      'q35',
      '-accel',
      'tcg',
      '-m',
      '1024',
      '-smp',
      '2',
      '-nographic',
      '-no-reboot',
      '-monitor',
      'none',
      '-serial',
      `file:${file}`,
      '-smbios',
      `type=1,manufacturer=Rackline,product=Lab Server,serial=${serial}`,
      '-boot',
      'n',
      '-netdev',
      `tap,id=n0,ifname=${name},script=no,downscript=no`,
      '-device',
      `virtio-net-pci,netdev=n0,mac=${mac},speed=25000,duplex=full`,
    ]);
    return { machine, console: () => readFileSync(file, 'utf8').slice(-2000) };
  }
  const boot = async () =>
    (await datacenter.health())['boot'] as {
      pace: { taken: number };
      answers: { image: number };
      tftp: { isRunning: boolean };
      reports: number;
      refused: number;
    };

  it('has an expected one report and do its job, although the agent is killed in the middle of its boot', async () => {
    datacenter.request('srv-1', { id: 'links-1', kind: 'link-test', count: 20 });
    const started = performance.now();
    const { machine, console: screen } = await powerOn('tap-one', expected, 'LAB0001');
    const orExplain = (error: unknown) => {
      throw new Error(`${String(error)}\nIts console ends with:\n${screen()}`);
    };
    expect(await datacenter.hear('boot-answered', () => true).catch(orExplain)).toMatchObject({
      mac: expected,
      serverId: 'srv-1',
      choice: 'image',
      reason: 'the server is DISCOVERED',
      architecture: 'bios-x86',
    });
    // It has its script and its files, and its token; the agent that gave them is no more.
    await until('the machine to have fetched its files', async () => (await boot()).pace.taken === 0);
    await datacenter.killAgent();
    await datacenter.startAgent();

    const report = await datacenter.hear('inventory-report', () => true).catch(orExplain);
    process.stdout.write(
      `agent: ${seconds(started)} from power-on to facts at the platform, killed and started again on ` +
        `the way (BIOS, TFTP, iPXE, HTTP; no KVM)\n`,
    );
    expect(report).toMatchObject({
      serial: 'LAB0001',
      mac: expected,
      facts: {
        identity: { manufacturer: 'Rackline', model: 'Lab Server' },
        memory: { totalMiB: 1024 },
        networkPorts: [{ mac: expected, speedMbps: 25000, isLinkUp: true }],
      },
    });
    const end = await datacenter.hear('job-progress', ({ state }) => state !== 'running').catch(orExplain);
    expect(end).toMatchObject({
      jobId: 'links-1',
      serverId: 'srv-1',
      jobKind: 'link-test',
      state: 'done',
      results: [{ outcome: 'passed', evidence: '25000 Mb/s, 0 of 20 packets lost, 0 errors counted' }],
    });
    expect(await boot()).toMatchObject({ answers: { image: 0 }, reports: 1, refused: 0, tftp: { isRunning: true } });
    expect(datacenter.reported('dhcp-lease').map(({ mac }) => mac)).toContain(expected);
    await machine.stop();
  });

  it('has an unknown device wait, and reports it', async () => {
    const { machine, console: screen } = await powerOn('tap-two', unknown, 'NOT-OURS');
    const found = await datacenter
      .hear('unknown-device', ({ about }) => about?.includes('NOT-OURS') === true)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}\n${screen()}`);
      });
    expect(found).toMatchObject({
      mac: unknown,
      address: expect.stringMatching(/^10\.99\.0\.1\d\d$/),
      about: 'Rackline Lab Server, serial number NOT-OURS',
    });
    expect(datacenter.reported('boot-answered').map(({ mac }) => mac)).not.toContain(unknown);
    expect(datacenter.reported('inventory-report')).toHaveLength(1);
    await machine.stop();
  });
});
