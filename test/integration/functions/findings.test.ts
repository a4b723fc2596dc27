import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openTask } from '../../../shared/domain/tasks/tasks.db.ts';
import { recordFindings } from '../../../shared/domain/validation/findings.db.ts';
import { DatacenterId, ServerId, TaskId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { quarantine } from '../../../shared/lifecycle/condition.ts';
import { anApi, type Api } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

let api: Api;
let acme: Belongings;
let globex: Belongings;
let findingId: string;
const [ops, technician] = ['ops@rackline.example', 'technician@dc-nyc-01.rackline.example'];
beforeAll(async () => {
  api = await anApi();
  acme = await belongings(api, 'acme', 'dc-nyc-01');
  globex = await belongings(api, 'globex', 'dc-fra-01');
});
beforeEach(async () => {
  findingId = newId('finding', Date.now());
  await record(acme, findingId);
});
afterAll(() => api.close());

const record = (of: Belongings, id: string) =>
  recordFindings(
    api.db,
    api.deps.clock,
    { id: ServerId.parse(of.serverId), datacenterId: of.datacenterId },
    [
      {
        kind: 'cable',
        severity: 'major',
        place: 'NIC 1',
        expected: 'leaf-1 Ethernet1',
        found: `leaf-9 of ${id}`,
        evidence: [{ source: 'lldp', said: 'leaf-9', where: 'lldpcli, ens1f0' }],
        hint: 'plug it over',
      },
    ],
    () => id,
  );
const act = (body: object, who = ops, id = acme.serverId) => api.as(who)(`POST /v1/assets/${id}/actions`, { body });
const waive = (reason = 'it is replaced tomorrow', id = findingId) =>
  act({ action: 'waive-finding', findingId: id, reason });

describe('a finding', () => {
  it('is shown with its evidence, and to no tenant', async () => {
    expect((await api.as(technician)(`GET /v1/assets/${acme.serverId}`)).body['findings']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: findingId,
          state: 'open',
          severity: 'major',
          evidence: [{ source: 'lldp', said: 'leaf-9', where: 'lldpcli, ens1f0' }],
          hint: 'plug it over',
          waiver: null,
          answer: null,
        }),
      ]),
    );
    for (const path of [
      `/v1/servers/${acme.serverId}`,
      '/v1/servers',
      `/v1/orders/${acme.orderId}`,
      `/v1/orders/${acme.orderId}/timeline`,
      '/v1/events?limit=200',
    ] as const) {
      const { status, text } = await api.as('tenant-admin@acme.example')(`GET ${path}`);
      expect(status).toBe(200);
      expect(text).not.toContain('leaf-9');
    }
  });

  it('is waived with a reason, which is in the events and the audit log', async () => {
    const answer = await waive();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        findings: expect.arrayContaining([
          expect.objectContaining({
            id: findingId,
            state: 'waived',
            waiver: { by: ops, at: expect.any(String), reason: 'it is replaced tomorrow' },
          }),
        ]),
      },
    });
    const [event] = await api.db.many(
      z.object({ data: z.unknown() }),
      "SELECT data FROM event_log WHERE type = 'com.rackline.assets.finding_waived' AND data ->> 'findingId' = $1",
      [findingId],
    );
    expect(event?.data).toMatchObject({ serverId: acme.serverId, by: ops, reason: 'it is replaced tomorrow' });
    const audit = await api.db.many(
      z.object({ actor: z.string() }),
      "SELECT actor FROM audit_entry WHERE action = 'act-on-asset' AND subject LIKE $1 AND outcome = 200",
      [`%${acme.serverId}%`],
    );
    expect(audit.map(({ actor }) => actor)).toContain(ops);
  });

  it('of another server, or of none, is not there', async () => {
    const theirs = newId('finding', Date.now());
    await record(globex, theirs);
    expect(await waive('a mistake', theirs)).toMatchObject({ status: 404, body: { code: 'finding.unknown' } });
    expect(await waive('a mistake', 'fnd_of_nobody')).toMatchObject({ status: 404 });
  });

  it.each([
    ['no reason', { action: 'waive-finding', findingId: 'x' }],
    ['a blank reason', { action: 'waive-finding', findingId: 'x', reason: ' ' }],
    ['no finding', { action: 'waive-finding', reason: 'r' }],
    ['an act that does not exist', { action: 'explode', reason: 'r' }],
  ])('is not waived by a request with %s', async (_what, body) => {
    expect(await act(body)).toMatchObject({ status: 400, body: { code: 'input.invalid' } });
  });
});

describe('a server in quarantine', () => {
  it('is released by operations, with a reason; one that is in none is not', async () => {
    await quarantine(api.db, api.deps.clock, ServerId.parse(acme.serverId), { reason: 'given up' });
    expect(await act({ action: 'release', reason: 'repaired' })).toMatchObject({
      status: 200,
      body: { condition: 'working', conditionDetail: {} },
    });
    expect(await act({ action: 'release', reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'asset.not-quarantined' },
    });
  });
});

describe('a task of several lines', () => {
  const aTask = async () => {
    const id = TaskId.parse(newId('task', Date.now()));
    await openTask(api.db, api.deps.clock, {
      id,
      kind: 'fix',
      dedupeKey: id,
      datacenterId: DatacenterId.parse('dc-nyc-01'),
      sagaId: null,
      title: 'Fix 2 findings',
      instructions: [],
      lines: [
        { id: 'a', text: 'plug it over', place: 'NIC 1' },
        { id: 'b', text: 'reseat it' },
      ],
      serverId: acme.serverId,
      dueAt: Date.now(),
    });
    return id;
  };
  const complete = (id: TaskId, answers: unknown) =>
    api.as(technician)(`POST /v1/tasks/${id}/complete`, { body: { confirmed: true, answers } });

  it('is answered line by line, and shows what was answered', async () => {
    const id = await aTask();
    expect((await api.as(technician)(`GET /v1/tasks/${id}`)).body).toMatchObject({
      lines: [{ id: 'a', place: 'NIC 1' }, { id: 'b' }],
      rackName: null,
      result: null,
    });
    const answers = [
      { line: 'a', outcome: 'fixed' },
      { line: 'b', outcome: 'not-fixed', note: 'no such module in stock' },
    ];
    expect(await complete(id, answers)).toMatchObject({ status: 200, body: { state: 'done', result: { answers } } });
  });

  it.each([
    ['a line of another task', [{ line: 'z', outcome: 'fixed' }], 422, 'task.unknown-line'],
    ['a failure without a reason', [{ line: 'a', outcome: 'not-fixed' }], 400, 'input.invalid'],
    ['an outcome that is none', [{ line: 'a', outcome: 'perhaps' }], 400, 'input.invalid'],
  ])('is not completed with %s', async (_what, answers, status, code) => {
    expect(await complete(await aTask(), answers)).toMatchObject({ status, body: { code } });
  });
});
