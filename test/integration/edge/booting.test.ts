import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startAgent, type Agent } from '../../../edge/agent.ts';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import type { EdgeEvent, ExpectedServer } from '../../../shared/domain/edge/edge.api.ts';
import type { RequestedJob, ImageJob } from '../../../shared/facts/image-job.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { days } from '../../../shared/kernel/durations.ts';
import { DatacenterId } from '../../../shared/kernel/ids.ts';
import type { BmcTarget } from '../../../shared/ports/bmc.ts';
import { until } from '../../kit/until.ts';
import type { PhysicalFault } from '../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../simulators/bmc/stand.ts';
import { takes } from '../../simulators/bmc/timing.ts';
import { pretendImage } from '../../simulators/edge/pretend-image.ts';
import { anIdentityAt, PretendPlatform } from './kit.ts';

const fra = DatacenterId.parse('dc-fra-01');
const [port, other] = ['94:40:c9:00:00:10', '94:40:c9:00:00:11'];
const server = aServer('hpe-ilo6', {
  bmcMac: '5c:ed:8c:00:00:10',
  serial: 'CZ2600001',
  networkPorts: [port, other].map((mac, index) => ({ name: `eno${index + 1}`, mac, speedMbps: 100_000 })),
});
let folder: string;
let platform: PretendPlatform;
let agent: Agent;
let stand: Stand;
let bmc: BmcTarget;
/** What the platform wants of the server's image. */
let wanted: RequestedJob[];

const anAgent = (different: object = {}) =>
  startAgent({
    datacenter: fra,
    folder: path.join(folder, 'agent'),
    journalBytes: 10_000_000,
    address: { host: '127.0.0.1', port: 0 },
    log: silentEdgeLog,
    bmcUrlTemplate: 'http://{address}:{port}',
    ...different,
    boot: {
      listen: { host: '127.0.0.1', port: bootPort },
      imageDirectory: pretendImage(path.join(folder, 'image')),
      architectures: ['bios-x86', 'uefi-x64'],
      arguments: 'quiet',
      slots: 8,
    },
    ...anIdentityAt(platform, path.join(folder, 'agent'), fra),
  });
/** Kept, so that machines find an agent that was started again. */
let bootPort: number;
async function restart(different: object = {}): Promise<void> {
  bootPort = Number(new URL(agent.bootUrl ?? '').port);
  await agent.stop();
  agent = await anAgent(different);
}

beforeEach(async () => {
  bootPort = 0;
  wanted = [];
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-booting-'));
  platform = new PretendPlatform();
  await platform.listen();
  platform.configuration = { managementPrefixes: ['127.0.0.0/8'] };
  await isNow('DISCOVERED');
  agent = await anAgent();
  await until('the list of servers', () => agent.expected.isKnown);
  stand = await aStand({
    bootScript: () => `${agent.bootUrl}/boot.ipxe`,
    onLease: async ({ mac, address, port: bmcPort }) => void (await post('/lease', { mac, address, port: bmcPort })),
  });
  bmc = await stand.plugIn(server);
});
afterEach(async () => {
  await stand.close();
  await agent.stop();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const post = (route: string, body: unknown) =>
  fetch(`${agent.url}${route}`, { method: 'POST', body: JSON.stringify(body) });
/** What the platform says of the server from now on. */
async function isNow(state: string, more: Partial<ExpectedServer> = {}): Promise<void> {
  says(state, more);
  if (agent) await agent.expected.refresh();
}
/** The same, and the agent does not pull the list. */
function says(state: string, more: Partial<ExpectedServer> = {}): void {
  platform.servers = [
    {
      id: 'srv-1',
      datacenter: fra,
      state,
      serial: server.serial,
      bmcMac: server.bmcMac,
      macs: server.networkPorts.map(({ mac }) => mac),
      version: 1,
      bmcAddress: null,
      bmcSecretRef: null,
      jobs: wanted,
      ...more,
    },
  ];
  platform.etag = `"${state}-${JSON.stringify([more, wanted]).length}"`;
}
async function request(job: ImageJob, state = 'DISCOVERED'): Promise<void> {
  wanted = [...wanted, { job, expiresAt: isoTime(Date.now() + days(1)) }];
  await isNow(state);
}
async function boot(faults: PhysicalFault[] = []): Promise<void> {
  stand.fleet.plant(server.serial, ...faults);
  await stand.redfish.bootOnceFromNetwork(bmc);
  await stand.redfish.setPower(bmc, { action: (await stand.redfish.readPower(bmc)) === 'off' ? 'on' : 'restart' });
  await stand.time.pass(takes.powerOn + takes.post + takes.networkBoot + 1);
}
const reported = <Kind extends EdgeEvent['kind']>(kind: Kind) =>
  platform.taken.filter((event): event is Extract<EdgeEvent, { kind: Kind }> => event.kind === kind);
const arrived = (kind: EdgeEvent['kind'], count = 1) =>
  until(`${count} of ${kind}`, () => reported(kind).length >= count);
const stage = () => stand.fleet.record(server.serial)?.host.stage;
const end = async (id: string) => {
  await until(`the end of ${id} to arrive`, () =>
    reported('job-progress').some(({ jobId, state }) => jobId === id && state !== 'running'),
  );
  return reported('job-progress').find(({ jobId, state }) => jobId === id && state !== 'running');
};

describe('a machine that boots through its datacenter’s agent', () => {
  it('is leased, boots the image, and its report arrives as facts', async () => {
    await arrived('dhcp-lease');
    expect(reported('dhcp-lease')).toMatchObject([{ mac: server.bmcMac, bmcUrl: bmc.address }]);
    await boot();
    await arrived('inventory-report');
    expect(stage()).toBe('validation');
    expect(reported('inventory-report')).toMatchObject([
      {
        serial: server.serial,
        mac: port,
        facts: { source: 'validation-image', identity: { model: server.model }, memory: { totalMiB: 512 * 1024 } },
      },
    ]);
    expect(reported('inventory-report')[0]?.facts.drives).toHaveLength(server.drives.length);
    expect(reported('boot-answered')).toMatchObject([
      { serverId: 'srv-1', mac: port, choice: 'image', reason: 'the server is DISCOVERED', architecture: 'uefi-x64' },
    ]);
    expect(agent.status()).toMatchObject({
      boot: { answers: { image: 1 }, reports: 1, refused: 0, pace: { slots: 8, taken: 0 } },
      leases: { heard: 1 },
    });
  });

  it('waits as long as its state says so, and boots when that has changed', async () => {
    await isNow('CABLED');
    await boot();
    await stand.time.pass(60);
    expect([stage(), reported('inventory-report')]).toEqual(['network-boot', []]);
    await isNow('POWERED_ON');
    await stand.time.pass(20);
    await arrived('inventory-report');
  });

  it('finds its state newer than the agent’s list was, without anybody telling', async () => {
    await isNow('CABLED');
    await boot();
    platform.servers = platform.servers.map((each) => ({ ...each, state: 'POWERED_ON' }));
    platform.etag = '"newer"';
    // It asks now and then; each of its questions has the list asked for, once a second of real time at most.
    await until('it to boot', async () => {
      await stand.time.pass(15);
      return stage() === 'validation';
    });
  });

  it('goes on to its own drive when a tenant has it', async () => {
    stand.fleet.installSystem(server.serial);
    await isNow('IN_SERVICE');
    await boot();
    expect(stage()).toBe('os');
    await arrived('boot-answered');
    expect(reported('boot-answered')).toMatchObject([{ choice: 'disk' }]);
  });

  it('waits and is looked for when nobody expects it', async () => {
    platform.servers = [];
    platform.etag = '"none"';
    await agent.expected.refresh();
    await boot();
    await stand.time.pass(60);
    await arrived('unknown-device');
    expect(stage()).toBe('network-boot');
    expect(reported('unknown-device')).toMatchObject([
      {
        mac: port,
        address: '127.0.0.1',
        about: `${server.manufacturer} ${server.model}, serial number ${server.serial}`,
      },
    ]);
    expect(reported('inventory-report')).toEqual([]);
  });

  it('that says another serial number is an anomaly, and of neither server', async () => {
    await boot([{ kind: 'wrong-serial', component: 'system', serial: 'OTHER' }]);
    await arrived('anomaly');
    expect(reported('anomaly')).toMatchObject([
      { mac: port, serverId: 'srv-1', anomaly: { kind: 'other-serial', expected: server.serial, found: 'OTHER' } },
    ]);
    expect(reported('inventory-report')).toEqual([]);
  });

  it('reports and is believed also when the agent is ended and started in the middle', async () => {
    await request({ id: 'w1', kind: 'burn-in', seconds: 600 });
    await boot();
    await arrived('inventory-report');
    await stand.time.pass(takes.jobQuestion + 100);
    await restart();
    await stand.time.pass(700);
    expect(await end('w1')).toMatchObject({ state: 'done', jobKind: 'burn-in' });
  });
});

describe('a job of the image', () => {
  const drives = server.drives.map(({ serial }) => serial);
  const failedOf = (event: { results: { subject: string; outcome: string }[] } | undefined) =>
    event?.results.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject);

  it.each<[string, PhysicalFault[], 'done' | 'failed', string[]]>([
    ['a sound machine', [], 'done', []],
    ['a machine with a weak module', [{ kind: 'weak-dimm', slot: 'A1' }], 'failed', ['memory', 'ecc']],
  ])('burns in %s', async (_what, faults, state, failed) => {
    await request({ id: 'w1', kind: 'burn-in', seconds: 3600 });
    await boot(faults);
    await stand.time.pass(takes.jobQuestion + 3600 + 10);
    const event = await end('w1');
    expect(event).toMatchObject({ serverId: 'srv-1', state, percent: 100 });
    expect(failedOf(event)).toEqual(failed);
  });

  it.each<[string, PhysicalFault[], string[]]>([
    ['lost packets', [{ kind: 'lossy-link', port: 'eno1' }], ['eno1']],
    ['no link', [{ kind: 'link-down', port: 'eno2' }], ['eno2']],
  ])('finds the port with %s', async (_what, faults, failed) => {
    await request({ id: 'w1', kind: 'link-test', target: '10.0.0.1', count: 100 });
    await boot(faults);
    await stand.time.pass(takes.jobQuestion + takes.linkTest + 10);
    const event = await end('w1');
    expect([event?.state, failedOf(event)]).toEqual(['failed', failed]);
  });

  it('erases the drives that are named and says which one kept its data', async () => {
    stand.fleet.installSystem(server.serial);
    const [first = '', second = ''] = drives;
    await request({ id: 'w1', kind: 'erase', drives: [first, second, 'NOT-THERE'] });
    await boot([{ kind: 'keeps-data', drive: second }]);
    await stand.time.pass(takes.jobQuestion + takes.erase + 10);
    const event = await end('w1');
    expect(event?.results.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      [first, 'erased'],
      [second, 'failed'],
      ['NOT-THERE', 'failed'],
    ]);
    expect(drives.map((serial) => stand.fleet.record(server.serial)?.drives[serial]?.holdsData)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(stand.lab.effects.repeated()).toEqual([]);
  });

  it('is done one after the other, and once', async () => {
    await request({ id: 'w1', kind: 'link-test', target: '10.0.0.1', count: 10 });
    await request({ id: 'w2', kind: 'burn-in', seconds: 600 });
    await boot();
    await stand.time.pass(takes.jobQuestion + takes.linkTest + takes.reportRetry + 600 + 100);
    await end('w2');
    expect(reported('job-progress').map(({ jobId, state }) => `${jobId} ${state}`)).toEqual([
      'w1 running',
      'w1 done',
      'w2 running',
      'w2 done',
    ]);
  });

  it('is begun anew when the machine was restarted in the middle of it', async () => {
    await request({ id: 'w1', kind: 'burn-in', seconds: 3600 });
    await boot();
    await stand.time.pass(takes.jobQuestion + 1000);
    await boot();
    await stand.time.pass(takes.jobQuestion + 3700);
    expect(await end('w1')).toMatchObject({ state: 'done' });
    expect(reported('inventory-report')).toHaveLength(2);
  });

  it('is not given to a machine whose server has moved on', async () => {
    await boot();
    await arrived('inventory-report');
    await isNow('ASSIGNED_TO_TENANT');
    await request({ id: 'w1', kind: 'erase', drives }, 'ASSIGNED_TO_TENANT');
    await stand.time.pass(600);
    expect(agent.jobs.status('w1')?.state).toBe('waiting');
  });

  it('is heard of when the machine asks, long before the list is pulled again', async () => {
    await boot();
    await arrived('inventory-report');
    wanted = [{ job: { id: 'w1', kind: 'link-test', count: 10 }, expiresAt: isoTime(Date.now() + days(1)) }];
    says('DISCOVERED');
    await until('the agent to have heard of it', async () => {
      await stand.time.pass(takes.jobQuestion);
      return agent.jobs.status('w1') !== undefined;
    });
    await stand.time.pass(takes.jobQuestion + takes.linkTest + 10);
    expect(await end('w1')).toMatchObject({ state: 'done' });
  });

  it('that the platform wants no more is called off, also by an agent that was away meanwhile', async () => {
    await request({ id: 'w1', kind: 'burn-in', seconds: 600 });
    await request({ id: 'w2', kind: 'burn-in', seconds: 600 });
    wanted = wanted.slice(1);
    await isNow('DISCOVERED');
    expect(await end('w1')).toMatchObject({ state: 'cancelled' });
    wanted = [];
    says('DISCOVERED');
    await restart();
    expect(await end('w2')).toMatchObject({ state: 'cancelled' });
    await boot();
    await stand.time.pass(takes.jobQuestion + 700);
    expect(reported('job-progress').map(({ jobId, state }) => `${jobId} ${state}`)).toEqual([
      'w1 cancelled',
      'w2 cancelled',
    ]);
  });

  it('is given with the agent’s own address where packets are to be sent to nobody else', async () => {
    await boot();
    await request({ id: 'w1', kind: 'link-test', count: 10 });
    const reportUrl = stand.fleet.record(server.serial)?.host.image?.reportUrl ?? '';
    const answer = await fetch(`${reportUrl.replace(/inventory$/, 'job')}?mac=${port}`);
    expect(await answer.text()).toBe('id=w1\nkind=link-test\ntarget=127.0.0.1\ncount=10\n');
  });
});

describe('a report', () => {
  const reportUrl = () => stand.fleet.record(server.serial)?.host.image?.reportUrl ?? '';
  const askForJob = (url: string, mac: string) => fetch(`${url.replace(/inventory$/, 'job')}?mac=${mac}`);

  it('is refused without the token of a boot, or with that of another machine’s', async () => {
    await boot();
    const url = reportUrl();
    expect(url).toMatch(/\/report\/[0-9a-f]{32}\/inventory$/);
    const foreign = url.replace(/[0-9a-f]{32}/, '0'.repeat(32));
    expect([
      (await askForJob(url, port)).status,
      (await askForJob(foreign, port)).status,
      (await askForJob(url, other)).status,
      (await askForJob(url, '')).status,
    ]).toEqual([200, 403, 403, 403]);
    const answer = await fetch(foreign, { method: 'POST', body: '{}' });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      403,
      expect.stringContaining('restart the machine'),
    ]);
    expect(agent.status()).toMatchObject({ boot: { refused: 4 } });
  });

  it.each<[string, string, number]>([
    ['what is not JSON', 'dmidecode: not found', 400],
    ['another format', JSON.stringify({ format: 'rackline.inventory/9' }), 400],
    ['nothing readable', JSON.stringify({ format: 'rackline.inventory/1', bootMac: port, outputs: {} }), 400],
    [
      'another machine’s MAC',
      JSON.stringify({
        format: 'rackline.inventory/1',
        bootMac: '02:00:00:00:09:09',
        outputs: {
          dmidecode: Buffer.from(
            'Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tSerial Number: X\n',
          ).toString('base64'),
        },
      }),
      403,
    ],
  ])('is refused with %s, and the first of them is reported', async (_what, body, status) => {
    await boot();
    const before = reported('inventory-report').length;
    for (let turn = 0; turn < 3; turn++)
      expect((await fetch(reportUrl(), { method: 'POST', body })).status).toBe(status);
    if (status === 400) {
      await arrived('anomaly');
      expect(reported('anomaly')).toMatchObject([{ serverId: 'srv-1', anomaly: { kind: 'unreadable-report' } }]);
    }
    await stand.time.pass(1);
    expect(reported('inventory-report').length).toBeLessThanOrEqual(Math.max(before, 1));
  });

  it('keeps its token over a restart of the agent, and loses it with a boot from the drive', async () => {
    await boot();
    const url = reportUrl();
    await restart();
    expect((await askForJob(url, port)).status).toBe(200);
    await isNow('IN_SERVICE');
    await fetch(`${agent.bootUrl}/boot.ipxe?mac=${port}&platform=efi&buildarch=x86_64`);
    expect((await askForJob(url, port)).status).toBe(403);
  });

  it('tells a board without a serial number by the port it booted from', async () => {
    await boot();
    const outputs = {
      dmidecode:
        'Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: Contoso\n\tSerial ' +
        'Number: To Be Filled By O.E.M.\n',
    };
    const body = {
      format: 'rackline.inventory/1',
      bootMac: port,
      outputs: { dmidecode: Buffer.from(outputs.dmidecode).toString('base64') },
    };
    expect((await fetch(reportUrl(), { method: 'POST', body: JSON.stringify(body) })).status).toBe(204);
    await arrived('inventory-report', 2);
    expect(reported('inventory-report')[1]).toMatchObject({
      mac: port,
      facts: { identity: { manufacturer: 'Contoso' } },
    });
    expect(reported('inventory-report')[1]?.serial).toBeUndefined();
  });
});
