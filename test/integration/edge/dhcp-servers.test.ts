import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readIscLeasesFile } from '../../../edge/dhcp/isc-leases.ts';
import type { Lease } from '../../../edge/dhcp/lease.ts';
import { watchSpool, type Spool } from '../../../edge/dhcp/spool.ts';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import {
  dhcpdConfiguration,
  keaAgentConfiguration,
  keaConfiguration,
  keaEnvironment,
  seenBy,
} from '../../kit/netns-dhcp.ts';
import { createNetns, createSwitch, plugIn, type Netns } from '../../kit/netns.ts';
import { until } from '../../kit/until.ts';

const clientNeeds = { dhclient: 'isc-dhcp-client' };
const mac = '02:00:00:00:00:aa';

/** A server at 10.99.0.2 and a client that has no address yet, on one switch. */
async function aDatacenter() {
  const folder = await mkdtemp(path.join(tmpdir(), 'rackline-dhcp-'));
  await mkdir(path.join(folder, 'spool'));
  const [lan, server, client, relay] = [
    await createSwitch(),
    await createNetns(),
    await createNetns(),
    await createNetns(),
  ];
  await plugIn(lan, server, { address: '10.99.0.2/24' });
  await plugIn(lan, client, { mac });
  await plugIn(lan, relay, { address: '10.99.0.1/24' });
  return {
    folder,
    spool: path.join(folder, 'spool'),
    server,
    relay,
    /**
     * Asks once for an address, as a machine that starts. dhclient's own script would change this machine's
     * resolv.conf.
     */
    askForAddress: async (hostname: string) => {
      await writeFile(
        path.join(folder, 'dhclient.conf'),
        `send host-name "${hostname}";\nsend vendor-class-identifier "iDRAC";\n`,
      );
      await client.run(
        'dhclient',
        '-4',
        '-1',
        '-v',
        '-cf',
        path.join(folder, 'dhclient.conf'),
        '-lf',
        path.join(folder, 'dhclient.leases'),
        '-pf',
        path.join(folder, 'dhclient.pid'),
        '-sf',
        '/bin/true',
        'eth0',
      );
    },
    dispose: async () => {
      for (const machine of [relay, client, server, lan]) await machine.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
type Datacenter = Awaited<ReturnType<typeof aDatacenter>>;

/** An agent's side of the spool. */
async function listenTo(folder: string): Promise<{ leases: Lease[]; faults: string[]; spool: Spool }> {
  const [leases, faults]: [Lease[], string[]] = [[], []];
  const onLease = (lease: Lease) => {
    leases.push(lease);
    return Promise.resolve();
  };
  const spool = await watchSpool({ directory: folder, onLease, onFault: (reason) => faults.push(reason) });
  watched.push(spool);
  return { leases, faults, spool };
}
const watched: Spool[] = [];
afterEach(async () => {
  for (const spool of watched.splice(0)) await spool.stop();
});

const program = (name: string) => path.resolve(import.meta.dirname, '../../kit', name);
/** Asks as a client on a circuit behind a relay at 10.99.0.1. */
const askThroughRelay = async ({ relay }: Datacenter, circuit: string): Promise<unknown> =>
  JSON.parse(await relay.run(process.execPath, program('netns-relay.ts'), '10.99.0.2', '10.99.0.1', circuit));

const startKea = (server: Netns, configuration: string, folder: string) =>
  server.start('kea-dhcp4', ['-c', configuration], { env: keaEnvironment(folder), ready: /DHCP4_STARTED/ });

describeInNetns(
  'leases from Kea',
  { ...clientNeeds, 'kea-dhcp4': 'kea-dhcp4-server', 'kea-ctrl-agent': 'kea-ctrl-agent' },
  () => {
    let datacenter: Datacenter;
    beforeEach(async () => {
      datacenter = await aDatacenter();
    });
    afterEach(() => datacenter.dispose());

    it('arrive through the hook', async () => {
      const { folder, spool: directory, server, askForAddress } = datacenter;
      await startKea(server, await keaConfiguration(folder), folder);
      const { leases, faults, spool } = await listenTo(directory);
      await askForAddress('bmc-aa');
      await until('the lease to arrive', () => leases.length > 0);
      await spool.stop();
      expect(leases).toEqual([{ mac, address: '10.99.0.100', hostname: 'bmc-aa', at: expect.any(String) }]);
      expect(Math.abs(Date.parse(leases[0]?.at ?? '') - Date.now())).toBeLessThan(60_000);
      expect({ faults, left: await readdir(directory) }).toEqual({ faults: [], left: [] });
    });

    it('wait on disk while no agent runs', async () => {
      const { folder, spool: directory, server, askForAddress } = datacenter;
      await startKea(server, await keaConfiguration(folder), folder);
      await askForAddress('bmc-aa');
      await until('the hook to have written', async () => (await readdir(directory)).length === 1);
      const { leases, spool } = await listenTo(directory);
      await until('the lease to arrive', () => leases.length > 0);
      await spool.stop();
      expect(leases).toMatchObject([{ mac, address: '10.99.0.100' }]);
    });

    it('are read from its control API after an absence, with the same time as in the hook’s file', async () => {
      const { folder, spool: directory, server, askForAddress } = datacenter;
      await startKea(server, await keaConfiguration(folder), folder);
      await server.start('kea-ctrl-agent', ['-c', await keaAgentConfiguration(folder)], {
        env: keaEnvironment(folder),
        ready: /CTRL_AGENT_STARTED/,
      });
      await askForAddress('bmc-aa');
      const { leases, spool } = await listenTo(directory);
      await until('the lease to arrive', () => leases.length > 0);
      await spool.stop();
      expect(await askThroughRelay(datacenter, 'Ethernet14/1')).toEqual({
        messageType: 'ack',
        address: '10.99.0.101',
        circuitId: 'Ethernet14/1',
      });
      const edge = await server.start(
        process.execPath,
        [
          program('netns-edge.ts'),
          JSON.stringify({ address: '127.0.0.1', filesDirectory: folder, kea: 'http://127.0.0.1:8000' }),
        ],
        { ready: /"ready"/ },
      );
      expect(seenBy(edge)).toEqual([
        { seen: 'lease', lease: leases[0] },
        // Kea passes the circuit to its control API only, not to its hook.
        {
          seen: 'lease',
          lease: {
            mac: '02:00:00:00:00:cc',
            address: '10.99.0.101',
            circuitId: 'Ethernet14/1',
            at: expect.any(String),
          },
        },
        { seen: 'caught-up', count: 2 },
        { seen: 'ready' },
      ]);
    });
  },
);

describeInNetns('leases from ISC dhcpd', { ...clientNeeds, dhcpd: 'isc-dhcp-server' }, () => {
  let datacenter: Datacenter;
  beforeAll(async () => {
    datacenter = await aDatacenter();
  });
  afterAll(() => datacenter.dispose());

  it('arrive on commit, with what the client says of itself, and stand in the leases file', async () => {
    const { folder, spool: directory, server, askForAddress } = datacenter;
    const leasesFile = path.join(folder, 'dhcpd.leases');
    await writeFile(leasesFile, '');
    await server.start(
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
    const { leases, faults, spool } = await listenTo(directory);
    await askForAddress('node "1"; rm -rf $HOME'.replaceAll('"', String.raw`\"`));
    await until('the lease to arrive', () => leases.length > 0);
    await spool.stop();
    const lease = {
      mac,
      address: '10.99.0.100',
      hostname: 'node "1"; rm -rf $HOME',
      vendorClass: 'iDRAC',
      at: expect.any(String),
    };
    expect({ leases, faults }).toEqual({ leases: [lease], faults: [] });
    await until('dhcpd to have written its file', async () => (await readIscLeasesFile(leasesFile)).length > 0);
    // dhcpd keeps no host name that DNS would not take.
    expect(await readIscLeasesFile(leasesFile)).toEqual([
      { mac, address: '10.99.0.100', vendorClass: 'iDRAC', at: expect.any(String) },
    ]);
  });

  it('carry the circuit a relay put in', async () => {
    const { leases } = await listenTo(datacenter.spool);
    expect(await askThroughRelay(datacenter, 'Ethernet14/2')).toMatchObject({
      messageType: 'ack',
      circuitId: 'Ethernet14/2',
    });
    await until('the lease to arrive', () => leases.length > 0);
    expect(leases).toMatchObject([{ mac: '02:00:00:00:00:cc', circuitId: 'Ethernet14/2' }]);
  });
});
