import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import { dhcpdConfiguration, keaAgentConfiguration, keaConfiguration, keaEnvironment } from '../../kit/netns-dhcp.ts';
import { until } from '../../kit/until.ts';
import { pretendImage } from '../../simulators/edge/pretend-image.ts';
import { agentAddress, aServer, NetnsDatacenter } from './datacenter.ts';

const needs = { dhclient: 'isc-dhcp-client', busybox: 'busybox-static' };
const [bmc, twin, unknown] = ['5c:ed:8c:00:00:01', '5c:ed:8c:00:00:02', 'f4:e9:d4:00:00:99'];
const servers = [aServer('srv-1', { bmcMac: bmc }), aServer('srv-2', { bmcMac: twin })];

let datacenter: NetnsDatacenter;
beforeEach(async () => {
  datacenter = await NetnsDatacenter.create(servers);
});
afterEach(() => datacenter.dispose());

/** What happens in every datacenter, whichever server gives the addresses. */
async function hearsThemAll(): Promise<void> {
  await datacenter.askForAddress(await datacenter.machine({ mac: bmc }), 'bmc-1');
  expect(await datacenter.hear('dhcp-lease', ({ mac }) => mac === bmc)).toMatchObject({
    address: '10.99.0.100',
    bmcUrl: 'https://10.99.0.100',
  });

  await datacenter.askForAddress(await datacenter.machine({ mac: unknown }), 'who-am-i');
  expect(await datacenter.hear('unknown-device')).toMatchObject({
    mac: unknown,
    about: expect.stringContaining('host name who-am-i'),
  });

  const relay = await datacenter.machine({ address: '10.99.0.3/24' });
  for (const circuit of ['Ethernet1/7', 'Ethernet9/9']) await datacenter.askThroughRelay(relay, circuit, twin);
  expect(await datacenter.hear('anomaly')).toMatchObject({
    mac: twin,
    serverId: 'srv-2',
    anomaly: { kind: 'duplicate-mac', circuits: ['Ethernet1/7', 'Ethernet9/9'] },
  });
}

/** An agent that was away, and a hook whose word was lost as well. */
async function catchesUp(): Promise<void> {
  await datacenter.killAgent();
  await datacenter.askForAddress(await datacenter.machine({ mac: twin }), 'bmc-2');
  await until('the hook to have written', () => readdirSync(datacenter.spool).length > 0);
  for (const file of readdirSync(datacenter.spool)) rmSync(path.join(datacenter.spool, file));
  await datacenter.startAgent();
  expect(await datacenter.hear('dhcp-lease', ({ mac }) => mac === twin)).toMatchObject({
    bmcUrl: expect.stringMatching(/^https:\/\/10\.99\.0\.1\d\d$/),
  });
  await until(
    'it to have caught up',
    async () => ((await datacenter.health())['leases'] as { isCaughtUp: boolean }).isCaughtUp,
  );
}

describeInNetns(
  'the agent beside Kea',
  { ...needs, 'kea-dhcp4': 'kea-dhcp4-server', 'kea-ctrl-agent': 'kea-ctrl-agent' },
  () => {
    beforeEach(async () => {
      const { edge, folder, spool } = datacenter;
      await edge.start('kea-dhcp4', ['-c', await keaConfiguration(folder)], {
        env: keaEnvironment(folder),
        ready: /DHCP4_STARTED/,
      });
      await edge.start('kea-ctrl-agent', ['-c', await keaAgentConfiguration(folder)], {
        env: keaEnvironment(folder),
        ready: /CTRL_AGENT_STARTED/,
      });
      await datacenter.startAgent({ EDGE_LEASE_SPOOL: spool, EDGE_KEA_URL: 'http://127.0.0.1:8000' });
    });

    it('reports BMCs, unknown devices and addresses that are in two places', () => hearsThemAll());

    it('knows what was leased while it was away, from Kea’s own list', async () => {
      await catchesUp();
      expect(await datacenter.health()).toMatchObject({
        condition: 'ok',
        leases: { sources: ['spool', 'kea'], faults: { count: 0 } },
      });
    });
  },
);

describeInNetns('the agent beside ISC dhcpd', { ...needs, dhcpd: 'isc-dhcp-server' }, () => {
  beforeEach(async () => {
    const { edge, folder, spool } = datacenter;
    const leasesFile = path.join(folder, 'dhcpd.leases');
    writeFileSync(leasesFile, '');
    await edge.start(
      'dhcpd',
      [
        '-4',
        '-f',
        '-d',
        '-user',
        'root',
        '-group',
        'root',
        '-cf',
        await dhcpdConfiguration(folder),
        '-lf',
        leasesFile,
        '-pf',
        path.join(folder, 'dhcpd.pid'),
        'eth0',
      ],
      { ready: /Server starting service/ },
    );
    await datacenter.startAgent({ EDGE_LEASE_SPOOL: spool, EDGE_DHCPD_LEASES: leasesFile });
  });

  it('reports BMCs, unknown devices and addresses that are in two places', () => hearsThemAll());

  it('knows what was leased while it was away, from dhcpd’s leases file', async () => {
    await catchesUp();
    expect(await datacenter.health()).toMatchObject({
      condition: 'ok',
      leases: { sources: ['spool', 'dhcpd'], faults: { count: 0 } },
    });
  });
});

describeInNetns('an agent that is told to be what it cannot be', needs, () => {
  const boot = (image: string) => ({ EDGE_BOOT_LISTEN: `${agentAddress}:8081`, EDGE_BOOT_IMAGE: image });
  const image = () => pretendImage(path.join(datacenter.folder, 'image'));
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['an image that is not there', () => boot('/nowhere'), /There is no usable validation image in \/nowhere/],
    [
      'an address that this machine has not',
      () => ({ ...boot(image()), EDGE_PROXY_DHCP: '10.99.0.77' }),
      /proxyDHCP responder cannot listen on 10\.99\.0\.77:67/,
    ],
    [
      'a boot server at such an address',
      () => ({ ...boot(image()), EDGE_BOOT_LISTEN: '10.99.0.77:8081' }),
      /boot server cannot listen on 10\.99\.0\.77:8081/,
    ],
    [
      'settings that contradict each other',
      () => ({ EDGE_KEA_URL: 'http://127.0.0.1:8000', EDGE_TFTP_LISTEN: agentAddress }),
      /EDGE_LEASE_SPOOL: is needed by EDGE_KEA_URL[\s\S]*EDGE_TFTP_DIR: is needed by EDGE_TFTP_LISTEN/,
    ],
  ])('does not start, and says why: %s', async (_what, environment, complaint) => {
    await expect(datacenter.startAgent(environment())).rejects.toThrow(complaint);
  });
});
