import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { evidenceOf, type Evidence } from '../../../../../shared/domain/proofs/evidence.ts';
import { liveEvidence, prove, proofsOf } from '../../../../../shared/domain/proofs/proofs.db.ts';
import { readEvents } from '../../../../../shared/events/log.ts';
import { createRelay } from '../../../../../shared/events/relay.ts';
import { systemClock } from '../../../../../shared/kernel/clock.ts';
import { connect, type Database } from '../../../../../shared/kernel/database/database.ts';
import { jsonDigest } from '../../../../../shared/kernel/digest.ts';
import { DatacenterId, ServerId } from '../../../../../shared/kernel/ids.ts';
import { derivedId, newId } from '../../../../../shared/kernel/new-id.ts';
import { applyTransition, beginLife } from '../../../../../shared/lifecycle/apply.ts';
import { liveProofs, voidProofs } from '../../../../../shared/lifecycle/proofs.ts';
import { createTestDatabase, type TestDatabase } from '../../../../kit/database.ts';

let testDatabase: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = connect({ url: testDatabase.url });
  await db.run("INSERT INTO datacenter (id, name, region) VALUES ('dc-nyc-01', 'New York', 'us-east')");
});
afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const by = { actor: 'ops' };
/** A call of a step as the saga makes it: every attempt derives the same ids. */
const call = (stepKey: string) => ({
  newId: (kind: 'proof', ...parts: readonly string[]) => derivedId(kind, 0, [stepKey, ...parts].join('/')),
  origin: { actor: stepKey, sagaId: 'saga-1', stepKey },
});
const erased = (drive: string): Evidence<'erase-verified'> => ({
  serial: 'S5T00001',
  erasureId: null,
  category: 'purge',
  unverified: ['samples'],
  drives: [
    {
      serial: drive,
      name: 'Bay 0',
      knownFrom: ['bmc'],
      outcome: 'erased',
      method: 'BlockErase',
      category: 'purge',
      evidence: 'the task ended and nothing is on the drive',
      unverified: ['samples'],
    },
  ],
});
const proveErased = (id: ServerId, step: string, drive = 'DRIVE-1') =>
  prove(db, systemClock, id, 'erase-verified', erased(drive), call(step));
const voidErased = (id: ServerId, reason = 'a drive was replaced') =>
  voidProofs(db, systemClock, id, ['erase-verified'], reason, by);
const move = (id: ServerId, cause: Parameters<typeof applyTransition>[3], step: string, changes = {}) =>
  applyTransition(db, systemClock, id, cause, { actor: 'test', sagaId: 'saga-1', stepKey: step }, changes);

/** A server that is to be erased. */
async function aServer(): Promise<ServerId> {
  const id = ServerId.parse(newId('server', Date.now()));
  const datacenterId = DatacenterId.parse('dc-nyc-01');
  await beginLife(db, systemClock, 'adopted', { id, datacenterId, config }, { actor: 'test' });
  await move(id, 'released', 'release#1');
  return id;
}

describe('a proof', () => {
  it('is one row with its evidence, however often its step is repeated', async () => {
    const id = await aServer();
    const first = await proveErased(id, 'erase#1');
    expect(await proveErased(id, 'erase#1')).toBe(first);
    expect(await proofsOf(db, id)).toMatchObject([
      {
        id: first,
        kind: 'erase-verified',
        evidence: { drives: [{ serial: 'DRIVE-1', method: 'BlockErase' }] },
        madeBy: 'erase#1',
        sagaId: 'saga-1',
        voided: null,
      },
    ]);
  });

  it('is told in an event with the digest of its evidence, and so is its end', async () => {
    const id = await aServer();
    const proofId = await proveErased(id, 'erase#1');
    await voidErased(id);
    await createRelay(db, { publish: async () => {} }, (error) => {
      throw error;
    }).drain();
    expect((await readEvents(db, { subject: id, limit: 10 })).slice(-2).map(({ data }) => data)).toEqual([
      {
        serverId: id,
        proofId,
        kind: 'erase-verified',
        evidenceSha256: jsonDigest(erased('DRIVE-1')),
        by: 'erase#1',
        sagaId: 'saga-1',
      },
      {
        serverId: id,
        proofs: [{ id: proofId, kind: 'erase-verified' }],
        reason: 'a drive was replaced',
        by: 'ops',
        sagaId: null,
      },
    ]);
  });

  it('takes the place of an older one of its kind, which is voided and stays', async () => {
    const id = await aServer();
    const older = await proveErased(id, 'erase#1');
    const newer = await proveErased(id, 'erase#2', 'DRIVE-2');
    expect((await proofsOf(db, id)).map((proof) => [proof.id, proof.voided?.reason])).toEqual([
      [newer, undefined],
      [older, 'proved anew by erase#2'],
    ]);
    expect(await liveEvidence(db, id, 'erase-verified')).toMatchObject({ drives: [{ serial: 'DRIVE-2' }] });
  });

  it('does not come back by a late attempt once it is voided, and does by new evidence', async () => {
    const id = await aServer();
    await proveErased(id, 'erase#1');
    await voidErased(id);
    await proveErased(id, 'erase#1');
    expect(await liveProofs(db, id)).toEqual([]);
    await proveErased(id, 'erase#1', 'DRIVE-2');
    expect(await liveProofs(db, id)).toEqual(['erase-verified']);
  });

  it('is refused without evidence of its kind, and of a server that does not exist', async () => {
    const id = await aServer();
    const [first, left] = [erased('DRIVE-1').drives, erased('DRIVE-2').drives];
    for (const drives of [[], [...first, ...left.map((each) => ({ ...each, outcome: 'not-erased' as const }))]])
      await expect(
        prove(db, systemClock, id, 'erase-verified', { ...erased('DRIVE-1'), drives }, call('erase#1')),
      ).rejects.toMatchObject({
        code: 'input.invalid',
        publicMessage: expect.stringContaining('must all be erased or accounted for'),
      });
    await expect(proveErased(ServerId.parse(newId('server', 0)), 'erase#1')).rejects.toThrow('asset.unknown');
    expect(await proofsOf(db, id)).toEqual([]);
  });

  it('is voided once, with who and why, and its row never changes otherwise', async () => {
    const id = await aServer();
    await proveErased(id, 'erase#1');
    expect(await voidErased(id)).toEqual(['erase-verified']);
    expect(await voidErased(id, 'another reason')).toEqual([]);
    expect(await proofsOf(db, id)).toMatchObject([{ voided: { by: 'ops', reason: 'a drive was replaced' } }]);
    for (const change of [
      'DELETE FROM proof',
      'UPDATE proof SET voided_at = NULL, voided_by = NULL, void_reason = NULL',
      `UPDATE proof SET evidence = '{}'`,
      "UPDATE proof SET void_reason = 'none'",
    ])
      await expect(db.run(`${change} WHERE server_id = '${id}'`)).rejects.toThrow('append-only');
  });
});

describe('a transition that requires a proof', () => {
  it('is refused without a live row and names the kind that is missing', async () => {
    const id = await aServer();
    const refusal = { outcome: 'refused', state: 'SANITIZING', reason: "'erased' needs erase-verified" };
    expect(await move(id, 'erased', 'erase#1')).toEqual(refusal);
    await proveErased(id, 'erase#1');
    await voidErased(id);
    expect(await move(id, 'erased', 'erase#1')).toEqual(refusal);
    await proveErased(id, 'erase#2');
    expect(await move(id, 'erased', 'erase#2')).toMatchObject({ outcome: 'moved', state: 'PHYSICAL_VALIDATED' });
  });

  it('waits for whoever is just voiding what it requires, and then does not count it', async () => {
    const id = await aServer();
    await proveErased(id, 'erase#1');
    let moving: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await voidProofs(tx, systemClock, id, ['erase-verified'], 'a drive was replaced', by);
      moving = move(id, 'erased', 'erase#1');
      await untilSomebodyWaits();
    });
    expect(await moving).toMatchObject({ outcome: 'refused', reason: "'erased' needs erase-verified" });
  });

  it('voids also what was proved while it waited for the server', async () => {
    const id = ServerId.parse(newId('server', Date.now()));
    const datacenterId = DatacenterId.parse('dc-nyc-01');
    await beginLife(db, systemClock, 'adopted', { id, datacenterId, config }, { actor: 'test' });
    let moving: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await prove(tx, systemClock, id, 'erase-verified', erased('DRIVE-1'), call('erase#1'));
      moving = move(id, 'released', 'release#1');
      await untilSomebodyWaits();
    });
    expect(await moving).toMatchObject({ outcome: 'moved', state: 'SANITIZING' });
    expect(await liveProofs(db, id)).toEqual([]);
  });

  it('leaves one live proof of a kind when many are made and voided at once', async () => {
    const id = await aServer();
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 4 === 3 ? voidErased(id) : proveErased(id, `erase#${n}`, `DRIVE-${n}`))),
    );
    await proveErased(id, 'erase#last', 'DRIVE-L');
    const all = await proofsOf(db, id);
    expect(all).toHaveLength(7);
    expect(all.filter(({ voided }) => voided === null)).toMatchObject([{ madeBy: 'erase#last' }]);
  });
});

/** Until another connection waits for a row that this transaction has locked. */
async function untilSomebodyWaits(): Promise<void> {
  const Count = z.object({ waiting: z.number() });
  for (;;) {
    const found = await db.maybe(
      Count,
      'SELECT count(*) AS waiting FROM pg_stat_activity ' +
        "WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if ((found?.waiting ?? 0) > 0) return;
  }
}

describe('what was proved when only words were kept', () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ connectionString: testDatabase.url });
    await client.connect();
  });
  afterAll(() => client.end());
  beforeEach(async () => {
    await client.query('BEGIN');
    await client.query('CREATE SCHEMA before');
    await client.query('SET LOCAL search_path TO before');
    await client.query(
      'CREATE TABLE asset (id text PRIMARY KEY, origin text NOT NULL, proofs text[] NOT NULL); ' +
        'CREATE TABLE erasure (server_id text, is_complete boolean); ' +
        'CREATE TABLE decommission (id text PRIMARY KEY, server_id text, certificate jsonb)',
    );
  });
  afterEach(() => client.query('ROLLBACK'));
  const migrate = (name: string) => client.query(readFileSync(`infra/db/migrations/${name}/up.sql`, 'utf8'));

  it('becomes rows that say so, and a new server is called new instead of erased', async () => {
    const [bought, stock, held] = [0, 1, 2].map((n) => newId('server', n));
    await client.query(
      `INSERT INTO asset VALUES ($1, 'bought', '{erase-verified}'),
        ($2, 'stock', '{erase-verified,firmware-checked}'), ($3, 'bought', '{}')`,
      [bought, stock, held],
    );
    await migrate('0055-proofs');
    const { rows } = await client.query(
      'SELECT server_id, kind, evidence, voided_at IS NULL AS is_live FROM proof ORDER BY server_id, kind',
    );
    const evidence = { recorded: 'before evidence was kept' };
    expect(rows).toEqual([
      { server_id: bought, kind: 'factory-new', evidence, is_live: true },
      { server_id: stock, kind: 'erase-verified', evidence, is_live: true },
      { server_id: stock, kind: 'firmware-checked', evidence, is_live: true },
      { server_id: held, kind: 'factory-new', evidence, is_live: false },
    ]);
  });

  it('becomes what a certificate says of each drive, where there is one', async () => {
    const id = newId('server', 0);
    await client.query(`INSERT INTO asset VALUES ($1, 'stock', '{erase-verified}')`, [id]);
    await client.query('INSERT INTO decommission VALUES ($1, $2, $3)', [
      newId('decommission', 0),
      id,
      {
        serverId: id,
        serial: 'S5T00001',
        standard: 'NIST SP 800-88 Rev. 2, purge',
        erasedAt: '2026-03-01T12:00:00.000Z',
        sagaId: 'decommission-server-1',
        drives: [{ serial: 'DRIVE-1', method: 'Overwrite', isVerified: true }],
        accountedFor: [{ serial: 'DRIVE-2', name: 'Bay 2', knownFrom: ['bmc'], evidence: 'ops: shredded' }],
      },
    ]);
    await migrate('0055-proofs');
    await migrate('0056-certificates-of-proofs');
    const { rows } = await client.query<{ evidence: unknown }>(
      'SELECT proof.evidence, made_at, saga_id FROM decommission JOIN proof ON proof.id = erase_proof_id ' +
        'WHERE voided_at IS NULL',
    );
    expect(rows).toMatchObject([{ made_at: new Date('2026-03-01T12:00:00.000Z'), saga_id: 'decommission-server-1' }]);
    expect(evidenceOf['erase-verified'].parse(rows[0]?.evidence)).toMatchObject({
      category: null,
      drives: [
        { serial: 'DRIVE-1', outcome: 'erased', method: 'Overwrite', category: null },
        { serial: 'DRIVE-2', outcome: 'accounted-for', evidence: 'ops: shredded' },
      ],
    });
  });
});
