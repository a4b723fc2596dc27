import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTo, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalPlatform } from '../../../infra/local/platform.ts';
import { freePorts } from '../../../infra/local/postgres.ts';
import { createNetbox } from '../../../shared/adapters/netbox/client.ts';
import type { AssetDetail, HistoryEntry } from '../../../shared/domain/assets/assets.api.ts';
import { getAsset } from '../../../shared/domain/assets/assets.db.ts';
import type { TaskView } from '../../../shared/domain/tasks/tasks.api.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { ServerId } from '../../../shared/kernel/ids.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import { readSettings } from '../../../shared/wiring/settings.ts';
import { bootTimeout, builtImage } from '../../integration/edge/validation-image-lab.ts';
import { describeInNetns } from '../../kit/describe-in-netns.ts';
import { keaAgentConfiguration, keaConfiguration, keaEnvironment } from '../../kit/netns-dhcp.ts';
import { until } from '../../kit/until.ts';
import { hardwareFromManifest, type PhysicalFault, type ServerHardware } from '../../simulators/bmc/hardware.ts';
import { netboxAccount } from '../../simulators/netbox/netbox.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import { agentAddress, datacenterId, NetnsDatacenter } from './datacenter.ts';
import { bmcPort, RealServer } from './real-server.ts';

const needs = {
  'qemu-system-x86_64': 'qemu-system-x86',
  lldpd: 'lldpd',
  busybox: 'busybox-static',
  dhclient: 'isc-dhcp-client',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
  'kea-dhcp4': 'kea-dhcp4-server',
  'kea-ctrl-agent': 'kea-ctrl-agent',
  '/usr/sbin/in.tftpd': 'tftpd-hpa',
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/lib/ipxe/ipxe.efi': 'ipxe',
  '/usr/lib/ipxe/qemu/pxe-virtio.rom': 'ipxe-qemu',
};
const config = { cpu: '2x Intel Xeon Gold 6530', ram: '128GB DDR5', storage: '2x 960GB NVMe', network: '2x 25GbE' };

interface Plan {
  firmware: 'bios' | 'uefi';
  faults: PhysicalFault[];
  /** What the technician has to read. */
  line: { place: string; expected: string; found: string };
}
interface Case {
  serverId: string;
  server: RealServer;
  plan: Plan;
}
function wronglyCabled({ cables }: ServerHardware): Plan {
  const { localPort, switchName, switchPort } = cables[1]!;
  return {
    firmware: 'bios',
    faults: [{ kind: 'wrong-cable', localPort, switchName, switchPort: 'Ethernet31/1' }],
    line: { place: 'NIC 2', expected: `${switchName} ${switchPort}`, found: `${switchName} Ethernet31/1` },
  };
}
const withWrongModule: Plan = {
  firmware: 'uefi',
  faults: [{ kind: 'wrong-dimm', slot: 'A3', sizeMiB: 16_384 }],
  line: { place: 'A3', expected: config.ram, found: '112 GB in 4 modules; A3 has 16 GB' },
};

/**
 * An order of two servers, from the customer to PHYSICAL_VALIDATED. The company around is the lab's; between a server's
 * plug and its report nothing is: Kea and its hook, the agent as a process of its own that knows the platform by its
 * certificate, iPXE by TFTP, firmware of QEMU, our image, lldpd.
 */
describeInNetns('two servers that are plugged in, beside a real Kea', needs, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-plugged-in-'));
  const logFile = path.join(folder, 'rackline.log');
  let platform: LocalPlatform;
  let datacenter: NetnsDatacenter;
  let db: Database;
  let wayOut: Server;
  let ops: PlatformClient;
  let technician: PlatformClient;
  beforeAll(async () => {
    const image = builtImage();
    const port = await freePorts(2);
    platform = new LocalPlatform({
      settings: readSettings({
        DATA_DIR: folder,
        PORT: String(port),
        LAB_PORT: String(port + 1),
        LAB: 'on',
        LAB_SPEED: '60',
        LOG_LEVEL: 'info',
        REPLICAS: '1',
      }),
      log: (line) => appendFileSync(logFile, `${line}\n`),
      withPortal: false,
      elsewhere: [datacenterId],
    });
    await platform.start();
    db = connect({ url: platform.databaseUrl, maxConnections: 2 });
    const as = (signIn: string) => new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn });
    [ops, technician] = [as('ops@rackline.example'), as(`technician@${datacenterId}.rackline.example`)];
    await moveManagementNetwork('10.99.0.0/24');

    datacenter = await NetnsDatacenter.build();
    const { edge, spool } = datacenter;
    await edge.start('kea-dhcp4', ['-c', await keaConfiguration(datacenter.folder)], {
      env: keaEnvironment(datacenter.folder),
      ready: /DHCP4_STARTED/,
    });
    await edge.start('kea-ctrl-agent', ['-c', await keaAgentConfiguration(datacenter.folder)], {
      env: keaEnvironment(datacenter.folder),
      ready: /CTRL_AGENT_STARTED/,
    });
    const environment = await platform.agentEnvironment(datacenterId);
    await openWayOut(new URL(environment['EDGE_PLATFORM_URL'] ?? ''));
    await datacenter.startAgent({
      ...environment,
      EDGE_DATA_DIR: path.join(datacenter.folder, 'agent'),
      EDGE_LEASE_SPOOL: spool,
      EDGE_KEA_URL: 'http://127.0.0.1:8000',
      EDGE_BMC_URL: `http://{address}:${bmcPort}`,
      EDGE_BOOT_LISTEN: `${agentAddress}:8081`,
      EDGE_BOOT_IMAGE: image.folder,
      EDGE_BOOT_ARGUMENTS: 'console=ttyS0 quiet rackline.lldp_seconds=10 rackline.poll_seconds=1',
      EDGE_TFTP_DIR: path.join(datacenter.folder, 'tftp'),
      EDGE_TFTP_LISTEN: agentAddress,
    });
  }, bootTimeout);
  afterAll(async () => {
    await datacenter?.dispose();
    wayOut?.close();
    await db?.close();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The lab's company has its BMCs on loopback; this datacenter's are in the namespaces. */
  async function moveManagementNetwork(prefix: string): Promise<void> {
    await db.run('UPDATE datacenter SET management_prefixes = $2::cidr[] WHERE id = $1', [datacenterId, [prefix]]);
    const netbox = (method: string, what: string, body?: object) =>
      fetch(`${platform.labUrl}/netbox/api/${what}`, {
        method,
        headers: { authorization: `Bearer ${netboxAccount.token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    const { results } = (await (await netbox('GET', `dcim/sites/?slug=${datacenterId}`)).json()) as {
      results: { id: number }[];
    };
    expect(
      (
        await netbox('POST', 'ipam/prefixes/', {
          prefix,
          scope_type: 'dcim.site',
          scope_id: results[0]?.id,
          role: { slug: 'management' },
        })
      ).status,
    ).toBe(201);
  }

  /** Nothing leads out of the namespaces but this socket, to the platform's own address. */
  async function openWayOut({ hostname, port }: URL): Promise<void> {
    const socket = path.join(datacenter.folder, 'out');
    wayOut = createServer((inside) => {
      const outside = connectTo(Number(port), hostname);
      inside.pipe(outside).pipe(inside);
      inside.on('error', () => outside.destroy());
      outside.on('error', () => inside.destroy());
    }).listen(socket);
    await datacenter.edge.start(
      process.execPath,
      [path.resolve(import.meta.dirname, '../../kit/netns-door.ts'), port, socket],
      { ready: /open/ },
    );
  }

  const todo = async (kind: string) =>
    (await ops.get<{ items: TaskView[] }>('/api/v1/tasks?state=todo&limit=200')).items.filter(
      (each) => each.kind === kind && each.datacenterId === datacenterId,
    );
  const complete = async ({ id }: TaskView, what: object = {}) => {
    await technician.post(`/api/v1/tasks/${id}/claim`);
    await technician.post(`/api/v1/tasks/${id}/complete`, { confirmed: true, ...what });
  };
  const historyOf = async (serverId: string) =>
    (await ops.get<{ items: HistoryEntry[] }>(`/api/v1/assets/${serverId}/history`)).items;
  const reachedAt = async (serverId: string, state: string) =>
    (await historyOf(serverId)).find((entry) => entry.kind === 'state' && entry.to === state)?.at;
  async function timesOf(serverId: string): Promise<string> {
    const since = Date.parse((await reachedAt(serverId, 'CABLED')) ?? '');
    return (
      await Promise.all(
        ['POWERED_ON', 'DISCOVERED', 'PHYSICAL_VALIDATED'].map(
          async (state) =>
            `${state} after ${((Date.parse((await reachedAt(serverId, state)) ?? '') - since) / 1000).toFixed(1)} s`,
        ),
      )
    ).join(', ');
  }

  async function hardwareOf(serverId: string): Promise<ServerHardware> {
    const { manifest } = await getAsset(db, ServerId.parse(serverId));
    if (!manifest) throw new Error(`${serverId} has no ship notice.`);
    const cables = await createNetbox({
      baseUrl: `${platform.labUrl}/netbox`,
      token: new Secret(netboxAccount.token),
    }).readCables(ServerId.parse(serverId));
    return hardwareFromManifest(manifest, { datacenter: datacenterId, cables });
  }

  it(
    'are found, booted, measured and link-tested; a wrong cable and module are put right by a task',
    async () => {
      await new PlatformClient({
        url: platform.url,
        issuer: platform.issuer,
        signIn: 'tenant-admin@acme.example',
      }).post('/api/v1/orders', { datacenter: datacenterId, lines: [{ quantity: 2, config }] });
      await until('both servers to be ready for their cables', async () => (await todo('cable')).length === 2);
      const servers: Case[] = [];
      for (const [index, task] of (await todo('cable')).entries()) {
        const serverId = task.serverId ?? '';
        const hardware = await hardwareOf(serverId);
        const server = new RealServer(datacenter, {
          hardware,
          ...(index === 0 ? wronglyCabled(hardware) : withWrongModule),
        });
        await complete(task);
        await server.plugIn();
        servers.push({ serverId, server, plan: index === 0 ? wronglyCabled(hardware) : withWrongModule });
      }
      const orExplain = (error: unknown) => {
        throw new Error(
          [
            String(error),
            ...servers.map(({ server }) => `${server.serial} wrote:\n${server.console.slice(-2000)}`),
            `The agent says:\n${datacenter.agentSays}`,
          ].join('\n'),
        );
      };

      await until(
        'a technician to be asked for both',
        async () => (await todo('fix')).length === 2,
        3 * bootTimeout,
      ).catch(orExplain);
      for (const { serverId, server, plan } of servers) {
        const task = (await todo('fix')).find((each) => each.serverId === serverId);
        expect(task?.lines).toEqual([expect.objectContaining(plan.line)]);
        await server.repair();
        await complete(task!, { answers: task!.lines.map(({ id }) => ({ line: id, outcome: 'fixed' })) });
      }
      for (const { serverId, server, plan } of servers) {
        await until(
          `${serverId} to be PHYSICAL_VALIDATED`,
          async () => (await reachedAt(serverId, 'PHYSICAL_VALIDATED')) !== undefined,
          3 * bootTimeout,
        ).catch(orExplain);
        expect(server.starts).toBe(2);
        expect(server.console.includes('BdsDxe')).toBe(plan.firmware === 'uefi');
        expect((await ops.get<AssetDetail>(`/api/v1/assets/${serverId}`)).findings).toEqual([
          expect.objectContaining({
            ...plan.line,
            severity: 'major',
            state: 'resolved',
            answer: expect.objectContaining({ outcome: 'fixed' }),
          }),
        ]);
        expect(await historyOf(serverId)).toContainEqual(
          expect.objectContaining({
            kind: 'boot',
            what: expect.stringMatching(/was given the validation image, because the server is DISCOVERED/),
          }),
        );
        expect(
          (await historyOf(serverId)).flatMap((entry) => (entry.kind === 'image-job' ? [entry.what] : [])),
        ).toEqual(Array(2).fill('The link-test in the validation image is done.'));
        process.stdout.write(`plugged in (${plan.firmware}, ${plan.line.place}): ${await timesOf(serverId)}\n`);
      }
    },
    8 * bootTimeout,
  );
});
