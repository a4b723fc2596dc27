import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Difference } from '../../../../../shared/domain/validation/finding.ts';
import {
  findingsOf,
  recordFindings,
  openFindings,
  stateOf,
  blocking,
  waiveFinding,
} from '../../../../../shared/domain/validation/findings.db.ts';
import { connect, type Database } from '../../../../../shared/kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../../../../shared/kernel/ids.ts';
import { newId } from '../../../../../shared/kernel/new-id.ts';
import { beginLife } from '../../../../../shared/lifecycle/apply.ts';
import { createTestDatabase, type TestDatabase } from '../../../../kit/database.ts';
import { usualConfig } from '../../../../kit/orders.ts';

let testDatabase: TestDatabase;
let db: Database;
let server: { id: ServerId; datacenterId: DatacenterId };
let now = Date.parse('2026-11-02T08:00:00Z');
let comparisons = 0;
const clock = { now: () => now };
const datacenterId = DatacenterId.parse('dc-nyc-01');
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = connect({ url: testDatabase.url });
  await db.run("INSERT INTO datacenter (id, name, region) VALUES ('dc-nyc-01', 'New York', 'us-east')");
});
beforeEach(async () => {
  now += 60_000;
  server = { id: ServerId.parse(newId('server', now)), datacenterId };
  await beginLife(db, clock, 'found-on-shelf', { id: server.id, datacenterId, config: usualConfig }, { actor: 'test' });
});
afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const cable = (found = 'leaf-9 Ethernet1', change: Partial<Difference> = {}): Difference => ({
  kind: 'cable',
  severity: 'major',
  place: 'NIC 1',
  expected: 'leaf-1 Ethernet1',
  found,
  evidence: [{ source: 'lldp', said: found }],
  hint: 'plug it over',
  ...change,
});
const drive = cable('health warning', { kind: 'drive', severity: 'minor', place: 'sda', expected: 'health ok' });
const record = (differences: Difference[], kinds?: Difference['kind'][]) => {
  const comparison = ++comparisons;
  return recordFindings(db, clock, server, differences, (n) => `fnd_${comparison}_${n}`, kinds);
};
const waive = (id: string | undefined, reason = 'known') =>
  waiveFinding(db, clock, server, id ?? '', { by: 'ops', reason });
const changes = () =>
  db.many(
    z.object({ data: z.object({ open: z.number(), major: z.number(), waived: z.number() }) }),
    "SELECT data FROM event_log WHERE subject = $1 AND type LIKE '%findings_changed' ORDER BY id",
    [server.id],
  );

describe('what is found', () => {
  it('stands until it is found no more, and stays in the history', async () => {
    await record([cable(), drive]);
    const found = now;
    now += 60_000;
    await record([cable()]);
    expect(
      (await findingsOf(db, server.id)).map((each) => [
        each.kind,
        stateOf(each),
        Date.parse(each.foundAt) === found,
        Date.parse(each.seenAt) - found,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['cable', 'open', true, 60_000],
        ['drive', 'resolved', true, 0],
      ]),
    );
    await record([]);
    expect(await openFindings(db, server.id)).toEqual([]);
    expect(await findingsOf(db, server.id)).toHaveLength(2);
    expect((await changes()).map(({ data }) => [data.open, data.major])).toEqual([
      [2, 1],
      [1, 1],
      [0, 0],
    ]);
  });

  it('is one finding however often it is found, with the newest evidence', async () => {
    await record([cable()]);
    await record([cable(undefined, { evidence: [{ source: 'lldp', said: 'the same again' }], hint: 'a better hint' })]);
    expect(await openFindings(db, server.id)).toMatchObject([
      { evidence: [{ said: 'the same again' }], hint: 'a better hint' },
    ]);
    expect(await changes()).toHaveLength(1);
  });

  it('is noted once by two comparisons at once', async () => {
    await Promise.all([record([cable()]), record([cable()])]);
    expect(await openFindings(db, server.id)).toHaveLength(1);
  });

  it('somewhere else after a fix is another finding', async () => {
    await record([cable()]);
    await record([cable('leaf-7 Ethernet1')]);
    expect((await findingsOf(db, server.id)).map(stateOf)).toEqual(expect.arrayContaining(['open', 'resolved']));
  });

  it('of one kind leaves the others alone where only that kind was looked at', async () => {
    await record([cable(), drive]);
    await record([], ['identity']);
    expect(await openFindings(db, server.id)).toHaveLength(2);
  });

  it('of an erasure is neither found nor ended by comparing', async () => {
    const left: Difference = {
      ...cable(),
      kind: 'erase',
      place: 'S1',
      expected: 'erased',
      found: 'the management controller does not show it',
    };
    await record([left], ['erase']);
    expect(await record([cable()])).toMatchObject([{ kind: 'cable' }]);
    expect((await openFindings(db, server.id)).map(({ kind }) => kind)).toEqual(['erase', 'cable']);
    await record([], ['erase']);
    expect((await openFindings(db, server.id)).map(({ kind }) => kind)).toEqual(['cable']);
  });

  it('keeps a server only while it is open and major', async () => {
    expect(blocking(await record([cable(), drive])).map(({ kind }) => kind)).toEqual(['cable']);
  });
});

describe('a waiver', () => {
  it('lets a finding stand, with who and why, also when it is found again', async () => {
    const [finding] = await record([cable()]);
    expect(await waive(finding?.id)).toMatchObject({
      waiver: { by: 'ops', at: new Date(now).toISOString(), reason: 'known' },
    });
    expect(blocking(await record([cable()]))).toEqual([]);
    expect((await openFindings(db, server.id)).map(stateOf)).toEqual(['waived']);
    expect((await changes()).at(-1)?.data).toEqual({ open: 0, major: 0, waived: 1 });
  });

  it('given twice keeps the first reason', async () => {
    const [finding] = await record([cable()]);
    await waive(finding?.id);
    expect(await waive(finding?.id, 'another reason')).toMatchObject({ waiver: { reason: 'known' } });
  });

  it('does not reach what is found in its place later', async () => {
    const [finding] = await record([cable()]);
    await waive(finding?.id);
    expect(blocking(await record([cable('leaf-7 Ethernet1')]))).toHaveLength(1);
    await record([]);
    expect(blocking(await record([cable()]))).toHaveLength(1);
  });

  it('is refused for what is resolved, and for what is not there', async () => {
    const [finding] = await record([cable()]);
    await record([]);
    await expect(waive(finding?.id)).rejects.toMatchObject({ code: 'finding.resolved', kind: 'conflict' });
    await expect(waive('fnd_of_nobody')).rejects.toMatchObject({ code: 'finding.unknown', kind: 'not-found' });
  });
});
