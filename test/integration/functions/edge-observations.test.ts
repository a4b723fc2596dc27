import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { handleReport } from '../../../functions/edge/edge-event.event.ts';
import { findAsset } from '../../../shared/domain/assets/assets.db.ts';
import { EdgeReport, type Anomaly } from '../../../shared/domain/edge/edge.api.ts';
import { findImageJob } from '../../../shared/domain/edge/image-jobs.db.ts';
import { listTasks } from '../../../shared/domain/tasks/tasks.db.ts';
import { findingsOf, recordFindings } from '../../../shared/domain/validation/findings.db.ts';
import { ServerFacts } from '../../../shared/facts/server.ts';
import { ServerId } from '../../../shared/kernel/ids.ts';
import type { Sagas } from '../../../shared/saga/client.ts';
import { anApi, type Api } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

let api: Api;
let server: Belongings;
let woken: string[];
let count = 0;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  server = await belongings(api, 'acme', 'dc-nyc-01');
  await api.db.run('UPDATE saga SET server_id = $2 WHERE id = $1', [server.sagaId, server.serverId]);
  woken = [];
});

const at = (seconds: number) => new Date(Date.parse('2026-11-02T08:00:00Z') + seconds * 1000).toISOString();
/** Each telling is an event of its own, as agents number them; `id` makes it the same one again. */
const report = (event: object, id?: string) =>
  handleReport(EdgeReport.parse({ id: id ?? `event-${count}`, at: at(++count), datacenter: 'dc-nyc-01', ...event }), {
    ...api.deps,
    sagas: { wake: async (saga: string) => void woken.push(saga) } as unknown as Sagas,
  });
const facts = { source: 'validation-image', identity: { serial: 'B' } } as const;
const otherSerial: Anomaly = { kind: 'other-serial', expected: 'A', found: 'B', facts: ServerFacts.parse(facts) };
const anomalous = (anomaly: Anomaly, more: object = {}) => ({
  kind: 'anomaly',
  mac: server.mac,
  serverId: server.serverId,
  anomaly,
  ...more,
});
const tasks = async () =>
  (await listTasks(api.db, { limit: 1000 })).filter(
    ({ kind, title, instructions }) =>
      kind === 'identify' && `${title} ${instructions.join(' ')}`.includes(server.serial),
  );
const findings = async () =>
  (await findingsOf(api.db, ServerId.parse(server.serverId))).map(
    ({ kind, severity, expected, found, resolvedAt }) => ({
      kind,
      severity,
      expected,
      found,
      isOpen: resolvedAt === null,
    }),
  );
async function history(): Promise<{ kind: string; what?: string }[]> {
  await api.relay.drain();
  const { body } = await api.as('ops@rackline.example')(`GET /v1/assets/${server.serverId}/history`);
  return (body['items'] as { kind: string; what?: string }[]).filter(({ kind }) => kind !== 'state');
}

describe('an anomaly at a known server', () => {
  it.each<[string, Anomaly, object, RegExp]>([
    [
      'one MAC in two places',
      { kind: 'duplicate-mac', circuits: ['Eth2', 'Eth1'] },
      { expected: 'one place', found: 'Eth1 and Eth2 at a time' },
      /two places/,
    ],
    [
      'a port that was moved',
      { kind: 'moved', from: 'Eth1', to: 'Eth2' },
      { expected: 'Eth1', found: 'Eth2' },
      /moved/,
    ],
    [
      'an unknown device in its place',
      { kind: 'swapped-board', circuitId: 'Eth1' },
      { expected: 'a port of this server' },
      /which machine is at Eth1/,
    ],
    ['another serial number', otherSerial, { expected: 'A', found: 'B' }, /serial number/],
    [
      'a BMC in the wrong network',
      { kind: 'outside-prefixes', address: '192.168.1.9', prefixes: ['10.0.0.0/8'] },
      { expected: '10.0.0.0/8', found: '192.168.1.9' },
      /management cable/,
    ],
  ])(
    'is looked at by one technician, and stands as a finding until then: %s',
    async (_name, anomaly, finding, title) => {
      await report(anomalous(anomaly));
      await report(anomalous(anomaly));
      const [task, ...others] = await tasks();
      expect(others).toEqual([]);
      expect(task).toMatchObject({
        serverId: server.serverId,
        datacenterId: 'dc-nyc-01',
        state: 'open',
        title: expect.stringMatching(title),
      });
      expect(await findings()).toEqual([
        expect.objectContaining({ ...finding, kind: 'anomaly', severity: 'minor', isOpen: true }),
      ]);
      expect((await history())[0]).toMatchObject({
        kind: 'anomaly',
        what: task?.instructions[0]?.replace(/ Seen on .*/, ''),
      });

      await api.as('technician@dc-nyc-01.rackline.example')(`POST /v1/tasks/${task?.id ?? ''}/complete`, {
        body: { confirmed: true, note: 'as it should be' },
      });
      expect(await findings()).toEqual([expect.objectContaining({ isOpen: false })]);
      await report(anomalous(anomaly));
      expect([await tasks(), await findings()]).toMatchObject([[{ state: 'done' }], [{ isOpen: false }]]);
    },
  );

  it('is the same case whichever of the two places asks last, and another one at a third', async () => {
    await report(anomalous({ kind: 'duplicate-mac', circuits: ['Eth1', 'Eth2'] }));
    await report(anomalous({ kind: 'duplicate-mac', circuits: ['Eth2', 'Eth1'] }));
    expect(await tasks()).toHaveLength(1);
    await report(anomalous({ kind: 'duplicate-mac', circuits: ['Eth2', 'Eth3'] }));
    expect(await tasks()).toHaveLength(2);
  });

  it('is remembered and needs nobody when its ports are bonded', async () => {
    await report(anomalous({ kind: 'bonded', circuits: ['Eth1', 'Eth2'] }));
    expect([await tasks(), await findings()]).toEqual([[], []]);
    expect(await history()).toMatchObject([{ kind: 'anomaly', what: expect.stringContaining('bonded') }]);
  });

  it('is nothing but a line in the log when software made the address up', async () => {
    await report(anomalous({ kind: 'unexpected-origin', circuitId: 'Eth1', reason: 'it is locally administered' }));
    expect([await tasks(), await findings(), await history()]).toEqual([[], [], []]);
  });

  it('changes no state, and wakes nobody', async () => {
    await report(anomalous({ kind: 'duplicate-mac', circuits: ['Eth1', 'Eth2'] }));
    const { state } = (await api.as('ops@rackline.example')(`GET /v1/assets/${server.serverId}`)).body;
    expect([state, woken]).toEqual(['IN_SERVICE', []]);
  });

  describe('that names another serial number', () => {
    const measured = async () => (await findAsset(api.db, server.serverId))?.measured;

    it('is a measurement for the comparison while the server is being measured, and nobody else is asked', async () => {
      await api.db.run("UPDATE asset SET state = 'DISCOVERED' WHERE id = $1", [server.serverId]);
      await report(anomalous(otherSerial), 'report-1');
      await report(anomalous(otherSerial), 'report-1');
      expect(await measured()).toMatchObject({ identity: { serial: 'B' } });
      expect([await tasks(), await findings(), woken]).toEqual([[], [], [server.sagaId, server.sagaId]]);
      expect(await history()).toEqual([
        expect.objectContaining({
          kind: 'anomaly',
          what: expect.stringContaining('says its serial number is B, not A'),
        }),
      ]);
    });

    it('is no fact of a server that is not', async () => {
      const before = await measured();
      await report(anomalous(otherSerial));
      expect([await measured(), woken]).toEqual([before, []]);
    });
  });

  it('is not ended by a comparison, and keeps no server from going on', async () => {
    await report(anomalous({ kind: 'duplicate-mac', circuits: ['Eth1', 'Eth2'] }));
    const compared = await recordFindings(
      api.db,
      api.deps.clock,
      { id: ServerId.parse(server.serverId), datacenterId: 'dc-nyc-01' },
      [],
      (n) => `fnd_${n}`,
    );
    expect([compared, await findings()]).toEqual([[], [expect.objectContaining({ kind: 'anomaly', isOpen: true })]]);
  });

  it('is no finding of a server in another datacenter; a technician looks all the same', async () => {
    const foreign = await belongings(api, 'globex', 'dc-fra-01');
    await report(anomalous({ kind: 'swapped-board', circuitId: 'Eth77' }, { serverId: foreign.serverId }));
    expect(await findingsOf(api.db, ServerId.parse(foreign.serverId))).toEqual([]);
    expect((await listTasks(api.db, { limit: 1000 })).filter(({ title }) => title.includes('Eth77'))).toMatchObject([
      { serverId: null, datacenterId: 'dc-nyc-01' },
    ]);
  });
});

describe('what a server was given to boot', () => {
  const boot = (choice: string) => ({
    kind: 'boot-answered',
    mac: server.mac,
    serverId: server.serverId,
    choice,
    reason: 'the server is DISCOVERED',
    architecture: 'uefi-x64',
  });

  it('stands in its history once for each boot', async () => {
    await report(boot('hold'), 'boot-1');
    await report(boot('hold'), 'boot-1');
    await report(boot('image'), 'boot-2');
    expect(await history()).toEqual([
      expect.objectContaining({
        kind: 'boot',
        what:
          `Port ${server.mac} asked what to boot and was given nothing: it waits, because the server is ` +
          'DISCOVERED.',
      }),
      expect.objectContaining({ kind: 'boot', what: expect.stringContaining('was given the validation image') }),
    ]);
  });
});

describe('a job of a validation image', () => {
  const progress = (seconds: number, state: string, more: object = {}) => ({
    kind: 'job-progress',
    at: at(seconds),
    serverId: server.serverId,
    jobId: `job-${server.serverId}`,
    jobKind: 'burn-in',
    state,
    percent: 50,
    results: [],
    ...more,
  });
  const row = () => findImageJob(api.db, `job-${server.serverId}`);

  it('is recorded as far as it was reported, and wakes the sagas of its server when it ends', async () => {
    await report(progress(1, 'running'));
    expect(await row()).toMatchObject({
      serverId: server.serverId,
      kind: 'burn-in',
      state: 'running',
      percent: 50,
      endedAt: null,
    });
    expect(woken).toEqual([]);
    await report(
      progress(2, 'failed', {
        percent: 100,
        results: [
          { subject: 'memory', outcome: 'failed', evidence: 'pattern 3' },
          { subject: 'cpu0', outcome: 'passed', evidence: '12 hashes' },
        ],
      }),
    );
    expect(await row()).toMatchObject({
      state: 'failed',
      percent: 100,
      endedAt: at(2),
      results: [{ subject: 'memory' }, { subject: 'cpu0' }],
    });
    expect(woken).toEqual([server.sagaId]);
    expect(await history()).toMatchObject([
      { kind: 'image-job', what: 'The burn-in in the validation image is failed. memory: pattern 3.' },
    ]);
  });

  it('keeps its end, whatever arrives late; but the sagas are woken again', async () => {
    await report(progress(5, 'done', { percent: 100 }), 'end');
    await report(progress(4, 'running'));
    await report(progress(6, 'running'));
    await report(progress(5, 'done', { percent: 100 }), 'end');
    expect(await row()).toMatchObject({ state: 'done', percent: 100, at: at(5) });
    expect(woken).toEqual([server.sagaId, server.sagaId]);
    expect(await history()).toHaveLength(1);
  });

  it('that a second agent cancels after the first has finished it is done', async () => {
    await report(progress(5, 'done', { percent: 100 }), 'end');
    await report(progress(6, 'cancelled'), 'of the other');
    expect(await row()).toMatchObject({ state: 'done', at: at(5) });
    expect(await history()).toMatchObject([{ what: 'The burn-in in the validation image is done.' }]);
  });

  it('is not believed of a server elsewhere', async () => {
    const foreign = await belongings(api, 'globex', 'dc-fra-01');
    await report(progress(1, 'done', { serverId: foreign.serverId, jobId: 'foreign' }));
    expect(await findImageJob(api.db, 'foreign')).toBeUndefined();
  });
});
