import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { handleReport } from '../../../functions/edge/edge-event.event.ts';
import { findAsset, forgetBmc, recordMeasured, type Asset } from '../../../shared/domain/assets/assets.db.ts';
import { EdgeCommands, EdgeReport } from '../../../shared/domain/edge/edge.api.ts';
import { findImageJob, requestImageJob, withdrawImageJob } from '../../../shared/domain/edge/image-jobs.db.ts';
import { listTasks } from '../../../shared/domain/tasks/tasks.db.ts';
import type { ServerFacts } from '../../../shared/facts/server.ts';
import { DatacenterId, ServerId } from '../../../shared/kernel/ids.ts';
import { SecretRef } from '../../../shared/ports/secrets.ts';
import type { Sagas } from '../../../shared/saga/client.ts';
import { until } from '../../kit/until.ts';
import { anApi, edgeAgent, type Api } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

let api: Api;
let server: Belongings;
let woken: string[];
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  server = await belongings(api, 'acme', 'dc-nyc-01');
  await api.db.run('UPDATE saga SET server_id = $2 WHERE id = $1', [server.sagaId, server.serverId]);
  woken = [];
});

/** Seconds since the test's morning, as the agent's clock said then. */
const at = (seconds: number) => new Date(Date.parse('2026-11-02T08:00:00Z') + seconds * 1000).toISOString();
const lease = (seconds: number, bmcUrl: string, more: object = {}) => ({
  kind: 'dhcp-lease',
  id: `lease-${server.serverId}-${seconds}`,
  at: at(seconds),
  datacenter: server.datacenterId,
  mac: server.mac,
  address: '10.0.0.9',
  bmcUrl,
  ...more,
});
const facts = (model: string): ServerFacts => ({
  source: 'validation-image',
  identity: { serial: server.serial, model },
});
const report = (seconds: number, model: string) => ({
  kind: 'inventory-report',
  id: `report-${server.serverId}-${seconds}`,
  at: at(seconds),
  datacenter: server.datacenterId,
  serial: server.serial,
  facts: facts(model),
});
const deliver = (event: object) =>
  handleReport(EdgeReport.parse(event), {
    ...api.deps,
    sagas: { wake: async (id: string) => void woken.push(id) } as unknown as Sagas,
  });
const asset = async (): Promise<Asset> => (await findAsset(api.db, server.serverId))!;
const serverId = () => ServerId.parse(server.serverId);

describe('what a datacenter has seen', () => {
  it('is noted, and wakes the saga that waits for it', async () => {
    await deliver(lease(1, 'http://10.0.0.1'));
    await deliver(report(2, 'R760'));
    expect(await asset()).toMatchObject({
      bmcAddress: 'http://10.0.0.1',
      measured: facts('R760'),
      measuredAt: at(2),
    });
    expect(woken).toEqual([server.sagaId, server.sagaId]);
  });

  it('changes nothing when it arrives again, not even after its undoing; but the saga is woken again', async () => {
    await deliver(lease(1, 'http://10.0.0.1'));
    await deliver(report(2, 'R760'));
    await forgetBmc(api.db, api.deps.clock, serverId());
    await recordMeasured(api.db, api.deps.clock, serverId(), null);
    await deliver(lease(1, 'http://10.0.0.1'));
    await deliver(report(2, 'R760'));
    expect(await asset()).toMatchObject({ bmcAddress: null, measured: null, measuredAt: null });
    expect(woken).toHaveLength(4);
  });

  it('is not overwritten by what was seen before it and arrives after it', async () => {
    await deliver(lease(5, 'http://10.0.0.5'));
    await deliver(lease(4, 'http://10.0.0.4'));
    await deliver(report(7, 'new'));
    await deliver(report(6, 'old'));
    expect(await asset()).toMatchObject({ bmcAddress: 'http://10.0.0.5', measured: facts('new') });
  });

  it('is the newest of all when all arrive at once', async () => {
    const order = [3, 9, 1, 7, 5, 9, 2];
    await Promise.all(order.map((seconds) => deliver(lease(seconds, `http://10.0.0.${seconds}`))));
    expect((await asset()).bmcAddress).toBe('http://10.0.0.9');
  });

  it('counts again although an agent’s clock once ran a year ahead', async () => {
    await deliver({
      ...lease(1, 'http://10.0.0.1'),
      at: new Date(api.deps.clock.now() + 365 * 86_400_000).toISOString(),
    });
    await deliver(lease(2, 'http://10.0.0.2'));
    expect((await asset()).bmcAddress).toBe('http://10.0.0.2');
  });

  it('is no place to manage it at when the agent says that no BMC may have this address', async () => {
    await deliver({ ...lease(1, ''), bmcUrl: undefined });
    expect((await asset()).bmcAddress).toBeNull();
  });

  it('is recognized by its port where its boards have no serial number', async () => {
    const { serial: _none, ...unnamed } = report(1, 'Open Compute');
    await deliver({ ...unnamed, mac: server.mac });
    expect(await asset()).toMatchObject({ measured: facts('Open Compute') });
  });

  it('is of no server when another datacenter says so', async () => {
    await deliver(lease(1, 'http://10.0.0.1', { datacenter: 'dc-fra-01' }));
    expect((await asset()).bmcAddress).toBeNull();
    expect(woken).toEqual([]);
  });
});

describe('the events that an agent sends', () => {
  const OnBus = z.object({
    value: z
      .string()
      .transform((text) =>
        z
          .object({ id: z.string(), source: z.string(), data: z.record(z.string(), z.unknown()) })
          .parse(JSON.parse(text)),
      ),
  });
  const onBus = async (id: string) =>
    (await api.db.many(OnBus, "SELECT value FROM runtime.record WHERE topic = 'edge.reported'", []))
      .filter(({ value }) => value.data['id'] === id)
      .map(({ value }) => value);

  it('are on the bus when they are answered', async () => {
    const event = lease(1, 'http://10.0.0.1');
    const answer = await api.as(edgeAgent('dc-nyc-01'))('POST /v1/edge/events', { body: { events: [event] } });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await onBus(event.id)).toMatchObject([
      { id: `dc-nyc-01/${event.id}`, source: '/rackline/edge/dc-nyc-01', data: event },
    ]);
  });

  it('are taken all or none', async () => {
    const [good, bad] = [lease(1, 'http://10.0.0.1'), { ...lease(2, 'http://10.0.0.2'), mac: 'zz' }];
    const answer = await api.as(edgeAgent('dc-nyc-01'))('POST /v1/edge/events', { body: { events: [good, bad] } });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'input.invalid', complaints: [{ where: 'events[1].mac', what: 'must be a MAC address' }] },
    });
    expect(await onBus(good.id)).toEqual([]);
  });
});

describe('an unknown machine', () => {
  const unknown = (seconds: number, mac: string, more: object = {}) => ({
    ...lease(seconds, 'https://10.0.0.9'),
    kind: 'unknown-device',
    id: `unknown-${mac}-${seconds}`,
    mac,
    ...more,
  });
  const tasksFor = async (mac: string) =>
    (await listTasks(api.db, { limit: 1000 })).filter(({ title }) => title.includes(mac));

  it('is looked for by one technician, however often it asks for an address', async () => {
    const mac = '00:1a:99:00:00:01';
    await Promise.all(
      [1, 2, 2, 3].map((seconds) => deliver(unknown(seconds, mac, { circuitId: 'nyc-r12-sw1 Ethernet7' }))),
    );
    const tasks = await tasksFor(mac);
    expect(tasks).toMatchObject([
      { kind: 'identify', datacenterId: 'dc-nyc-01', serverId: null, sagaId: null, state: 'open' },
    ]);
    expect(tasks[0]?.instructions.join(' ')).toContain('nyc-r12-sw1 Ethernet7');
  });

  it('says more of itself when it boots, and whoever looks for it reads that', async () => {
    const mac = '00:1a:99:00:00:03';
    await deliver(unknown(1, mac));
    await deliver(unknown(2, mac, { about: 'Dell Inc. PowerEdge R760, serial number ABC1234' }));
    await deliver(unknown(3, mac, { about: 'Dell Inc. PowerEdge R760, serial number ABC1234' }));
    const [task] = await tasksFor(mac);
    expect(task?.instructions.filter((each) => each.includes('ABC1234'))).toHaveLength(1);
  });

  it('can be reported as found', async () => {
    const mac = '00:1a:99:00:00:02';
    await deliver(unknown(1, mac));
    const [task] = await tasksFor(mac);
    const answer = await api.as('technician@dc-nyc-01.rackline.example')(`POST /v1/tasks/${task?.id ?? ''}/complete`, {
      body: { confirmed: true, note: 'a switch of the office' },
    });
    expect(answer).toMatchObject({ status: 200, body: { state: 'done' } });
    await deliver(unknown(2, mac));
    expect(await tasksFor(mac)).toMatchObject([{ state: 'done' }]);
  });

  it('that belongs elsewhere is recognized by its serial number', async () => {
    const foreign = await belongings(api, 'globex', 'dc-fra-01');
    await deliver(unknown(1, foreign.mac));
    const [task] = await tasksFor(foreign.mac);
    expect(task?.instructions.join(' ')).toMatch(new RegExp(`${foreign.serial}.*belongs in dc-fra-01`));
  });

  it('is none when only the agent’s list was old', async () => {
    await deliver(unknown(1, server.mac, { bmcUrl: 'http://10.0.0.7' }));
    expect(await tasksFor(server.mac)).toEqual([]);
    expect(await asset()).toMatchObject({ bmcAddress: 'http://10.0.0.7' });
    expect(woken).toEqual([server.sagaId]);
  });
});

describe('the servers that an agent expects', () => {
  const asked = (etag?: string, datacenter = 'dc-nyc-01') =>
    api.as(edgeAgent('dc-nyc-01'))(
      `GET /v1/edge/expected?datacenter=${datacenter}`,
      etag === undefined ? {} : { headers: { 'if-none-match': etag } },
    );
  const serversOf = (body: Record<string, unknown>) =>
    body['servers'] as { id: string; datacenter: string; state: string; bmcMac: string }[];

  it('are those of its datacenter, with what tells them', async () => {
    const foreign = await belongings(api, 'globex', 'dc-fra-01');
    const { status, body } = await asked();
    expect(status).toBe(200);
    expect(serversOf(body).find(({ id }) => id === server.serverId)).toEqual({
      id: server.serverId,
      datacenter: 'dc-nyc-01',
      state: (await asset()).state,
      serial: server.serial,
      bmcMac: server.mac,
      bmcAddress: (await asset()).bmcAddress,
      bmcSecretRef: (await asset()).bmcSecretRef,
      macs: [],
      version: (await asset()).version,
      jobs: [],
    });
    expect(serversOf(body).map(({ id }) => id)).not.toContain(foreign.serverId);
  });

  it('are not sent again while nothing has changed', async () => {
    const first = await asked();
    const etag = first.headers.get('etag') ?? '';
    expect((await asked(etag)).status).toBe(304);
    await api.db.run("UPDATE asset SET bmc_mac = '00:1a:99:00:01:01' WHERE id = $1", [server.serverId]);
    const changed = await asked(etag);
    expect(changed.status).toBe(200);
    expect(serversOf(changed.body).find(({ id }) => id === server.serverId)?.bmcMac).toBe('00:1a:99:00:01:01');
  });

  it('come with what their images are to do, until it has ended or nobody wants it any more', async () => {
    const request = (id: string) =>
      requestImageJob(api.db, api.deps.clock, {
        serverId: serverId(),
        datacenterId: DatacenterId.parse('dc-nyc-01'),
        job: { id: `${id}-${server.serverId}`, kind: 'link-test', count: 200 },
        expiresAt: Date.parse(at(3600)),
      });
    const jobs = async () =>
      (serversOf((await asked()).body).find(({ id }) => id === server.serverId) as { jobs?: unknown } | undefined)
        ?.jobs;
    const [one, two] = ['one', 'two'].map((id) => ({
      job: { id: `${id}-${server.serverId}`, kind: 'link-test', count: 200 },
      expiresAt: at(3600),
    }));
    const before = (await asked()).headers.get('etag');
    await request('one');
    await request('one');
    await request('two');
    expect(await jobs()).toEqual([one, two]);
    expect((await asked(before ?? '')).status).toBe(200);
    await withdrawImageJob(api.db, api.deps.clock, `one-${server.serverId}`);
    expect(await jobs()).toEqual([two]);
    await deliver({
      kind: 'job-progress',
      id: `end-${server.serverId}`,
      at: at(1),
      datacenter: 'dc-nyc-01',
      serverId: server.serverId,
      jobId: `two-${server.serverId}`,
      jobKind: 'link-test',
      state: 'done',
      percent: 100,
      results: [],
    });
    expect(await jobs()).toEqual([]);
    expect(await findImageJob(api.db, `two-${server.serverId}`)).toMatchObject({ state: 'done', endedAt: at(1) });
  });

  it('of another datacenter look like none at all', async () => {
    expect(await asked(undefined, 'dc-fra-01')).toMatchObject({ status: 404, body: { code: 'datacenter.unknown' } });
    expect((await asked(undefined, 'dc-none-01')).status).toBe(404);
  });
});

describe('the commands for an agent', () => {
  const agent = (datacenter = 'dc-nyc-01') => api.as(edgeAgent(datacenter));
  const ask = (number: number, more = '', datacenter = 'dc-nyc-01') =>
    agent(datacenter)(`GET /v1/edge/commands?datacenter=${datacenter}&process=p1&ask=${number}${more}`);
  const target = () => ({
    serverId: server.serverId,
    datacenterId: 'dc-nyc-01',
    address: 'https://10.20.0.7',
    secretRef: SecretRef.parse(`bmc/${server.serverId}/service`),
  });
  beforeEach(() => api.db.run('TRUNCATE edge_command, edge_lease'));

  it('are given out to it while it waits, and answered through its events', async () => {
    const waiting = ask(1, '&wait=10');
    await until('the agent to hold the lease', async () => (await api.db.run('SELECT FROM edge_lease')) > 0);
    const reading = api.deps.bmc.readPower(target());
    const { status, body } = await waiting;
    expect(status).toBe(200);
    const { role, commands } = EdgeCommands.parse(body);
    expect(role).toBe('active');
    expect(commands).toMatchObject([{ operation: 'readPower', isWrite: false, target: target(), input: {} }]);
    const answer = {
      kind: 'command-answer',
      id: 'a1',
      at: at(1),
      datacenter: 'dc-nyc-01',
      commandId: commands[0]?.id,
      serverId: server.serverId,
      outcome: { state: 'done', result: 'on' },
    };
    expect((await agent()('POST /v1/edge/events', { body: { events: [answer] } })).status).toBe(202);
    await expect(reading).resolves.toBe('on');
  });

  it('of another datacenter look like none at all', async () => {
    expect(await agent('dc-fra-01')('GET /v1/edge/commands?datacenter=dc-nyc-01&process=p&ask=0')).toMatchObject({
      status: 404,
      body: { code: 'datacenter.unknown' },
    });
  });

  it('hold no password', async () => {
    const proof = api.deps.bmc.canLogIn(target()).catch(() => undefined);
    await until('the command to be written', async () => (await api.db.run('SELECT FROM edge_command')) > 0);
    const [command] = await api.db.many(
      z.object({ text: z.string() }),
      'SELECT row_to_json(c)::text AS text FROM edge_command AS c',
      [],
    );
    expect(command?.text).toContain(`bmc/${server.serverId}/service`);
    expect(command?.text).not.toMatch(/password/i);
    await api.db.run('UPDATE edge_command SET start_by = clock_timestamp()');
    await proof;
  });
});

describe('the passwords for an agent', () => {
  const ask = (...refs: string[]) => api.as(edgeAgent('dc-nyc-01'))('POST /v1/edge/secrets', { body: { refs } });
  const refOf = (id: string, name = 'service') => SecretRef.parse(`bmc/${id}/${name}`);

  it('are those of controllers in its datacenter', async () => {
    const credentials = { username: 'rackline', password: 'in-the-safe' };
    await api.deps.secrets.write(refOf(server.serverId), credentials);
    expect(await ask(refOf(server.serverId), refOf(server.serverId, 'pending'))).toMatchObject({
      status: 200,
      body: { secrets: [{ ref: refOf(server.serverId), credentials }, { credentials: null }] },
    });
  });

  it('are no others, and asking for one of them gives none', async () => {
    const foreign = await belongings(api, 'globex', 'dc-fra-01');
    await api.deps.secrets.write(SecretRef.parse('oidc/portal'), { username: 'portal', password: 'not for you' });
    for (const ref of [
      refOf(foreign.serverId),
      'oidc/portal',
      `bmc/${server.serverId}/../../oidc`,
      `bmc/${server.serverId}/other`,
    ]) {
      const { status, text } = await ask(refOf(server.serverId), ref);
      expect([400, 403]).toContain(status);
      expect(text).not.toContain('password');
    }
  });

  it('are in the audit log: who asked, and when', async () => {
    await ask(refOf(server.serverId));
    const entries = await api.db.many(
      z.object({ actor: z.string() }),
      "SELECT actor FROM audit_entry WHERE action = 'edge-secrets' AND outcome = 200",
      [],
    );
    expect(entries.length).toBeGreaterThan(0);
  });
});
