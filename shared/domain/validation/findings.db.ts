import { z } from 'zod';
import { appendEvents } from '../../events/log.ts';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import { prepared, type Database, type Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { ServerId, TaskId } from '../../kernel/ids.ts';
import { findingWaived, findingsChanged } from './events.ts';
import { Difference, FindingKind, RepairOutcome } from './finding.ts';

/** What became of the instruction that a technician got about a finding. */
export const FindingAnswer = z.object({
  outcome: RepairOutcome,
  note: z.string().optional(),
  by: z.string(),
  at: z.string(),
});
export type FindingAnswer = z.infer<typeof FindingAnswer>;

export const Finding = Difference.extend({
  id: z.string(),
  foundAt: z.string(),
  seenAt: z.string(),
  resolvedAt: z.string().nullable(),
  waiver: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
  taskId: z.string().nullable(),
  instruction: z.string().nullable(),
  answer: FindingAnswer.nullable(),
});
export type Finding = z.infer<typeof Finding>;
const columns = `id, kind, severity, place, expected, found, evidence, hint, found_at AS "foundAt",
  seen_at AS "seenAt", resolved_at AS "resolvedAt",
  CASE WHEN waived_at IS NOT NULL THEN jsonb_build_object('by', waived_by, 'at', to_char(waived_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'reason', waived_reason) END AS waiver, task_id AS "taskId", instruction, answer`;

export type FindingState = 'open' | 'waived' | 'resolved';
export const stateOf = ({ resolvedAt, waiver }: Pick<Finding, 'resolvedAt' | 'waiver'>): FindingState =>
  resolvedAt !== null ? 'resolved' : waiver !== null ? 'waived' : 'open';

/**
 * A finding is the same as long as the same is found in the same place. What is found anew after a fix is another one,
 * and a waiver does not reach it.
 */
const keyOf = ({ kind, place, expected, found }: Pick<Difference, 'kind' | 'place' | 'expected' | 'found'>) =>
  JSON.stringify([kind, place, expected, found]);

/**
 * What comparing finds, and ends: all but what was seen elsewhere, what shows only under traffic, and what is left of
 * an erasure.
 */
const compared = FindingKind.exclude(['anomaly', 'link', 'erase']).options;
/** Whether measuring finds it, and ends it. */
export const isMeasured = ({ kind }: Pick<Difference, 'kind'>): boolean => kind !== 'anomaly' && kind !== 'erase';

/**
 * Notes what is different now: new differences are opened, those no longer found are resolved, the rest are seen again.
 * `kinds`: what was looked at, where it was not all that comparing finds. Answers those of them that stand.
 */
export async function recordFindings(
  db: Database,
  clock: Clock,
  server: { id: ServerId; datacenterId: string },
  differences: readonly Difference[],
  idOf: (n: number) => string,
  kinds: readonly FindingKind[] = compared,
): Promise<Finding[]> {
  const now = isoTime(clock.now());
  return db.transaction(async (tx) => {
    await tx.run('SELECT id FROM asset WHERE id = $1 FOR UPDATE', [server.id]);
    const standing = new Map(
      (await openFindings(tx, server.id)).filter(({ kind }) => kinds.includes(kind)).map((each) => [keyOf(each), each]),
    );
    const seen = new Map(differences.map((each) => [keyOf(each), each]));
    const gone = [...standing].filter(([key]) => !seen.has(key)).map(([, { id }]) => id);
    const fresh = [...seen].filter(([key]) => !standing.has(key)).map(([, each]) => each);
    const again = [...seen].flatMap(([key, each]) => {
      const known = standing.get(key);
      return known ? [{ ...each, id: known.id }] : [];
    });
    await tx.run('UPDATE finding SET resolved_at = $2 WHERE id = ANY ($1)', [gone, now]);
    for (const { id, severity, evidence, hint } of again)
      await tx.run('UPDATE finding SET seen_at = $2, severity = $3, evidence = $4, hint = $5 WHERE id = $1', [
        id,
        now,
        severity,
        JSON.stringify(evidence),
        hint,
      ]);
    for (const [n, { kind, severity, place, expected, found, evidence, hint }] of fresh.entries()) {
      await tx.run(
        'INSERT INTO finding (id, server_id, kind, severity, place, expected, found, evidence, hint, ' +
          'found_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING',
        [idOf(n), server.id, kind, severity, place, expected, found, JSON.stringify(evidence), hint, now],
      );
    }
    const left = await openFindings(tx, server.id);
    if (gone.length + fresh.length > 0) await tellOfFindings(tx, clock, server, left);
    return left.filter(({ kind }) => kinds.includes(kind));
  });
}

/** Tells how many findings of a server stand now. */
export const tellOfFindings = (
  tx: Queryable,
  clock: Clock,
  { id, datacenterId }: { id: ServerId; datacenterId: string },
  standing: readonly Finding[],
): Promise<void> =>
  appendEvents(tx, clock, [
    findingsChanged({
      subject: id,
      datacenterId,
      data: {
        serverId: id,
        open: standing.filter((each) => stateOf(each) === 'open').length,
        major: blocking(standing).length,
        waived: standing.filter((each) => stateOf(each) === 'waived').length,
      },
    }),
  ]);

/** What keeps a server from going on: open, and of weight. */
export const blocking = (standing: readonly Finding[]): Finding[] =>
  standing.filter((each) => stateOf(each) === 'open' && each.severity === 'major');

/** Those that are still so, waived or not, in the order they were found. */
export const openFindings = (db: Queryable, serverId: ServerId): Promise<Finding[]> =>
  db.many(
    Finding,
    `SELECT ${columns} FROM finding WHERE server_id = $1 AND resolved_at IS NULL ORDER BY found_at, id`,
    [serverId],
  );
const ofServer = prepared(`SELECT ${columns} FROM finding WHERE server_id = $1 ORDER BY found_at DESC, id DESC`);
/** All there ever were, the newest first. */
export const findingsOf = (db: Queryable, serverId: ServerId): Promise<Finding[]> =>
  db.many(Finding, ofServer, [serverId]);

/** Records what a technician is asked to do about a finding, and in which task. */
export const recordInstruction = (db: Queryable, id: string, taskId: TaskId, instruction: string): Promise<number> =>
  db.run(
    'UPDATE finding SET task_id = $2, instruction = $3, answer = CASE WHEN task_id = $2 THEN answer END WHERE id = $1',
    [id, taskId, instruction],
  );
export const recordAnswer = (db: Queryable, id: string, answer: FindingAnswer): Promise<number> =>
  db.run('UPDATE finding SET answer = $2 WHERE id = $1', [id, JSON.stringify(answer)]);

/**
 * Lets a finding stand: known and acceptable. Throws `conflict` where it is resolved; waiving it again changes nothing.
 */
export async function waiveFinding(
  db: Database,
  clock: Clock,
  server: { id: ServerId; datacenterId: string },
  findingId: string,
  waiver: { by: string; reason: string },
): Promise<Finding> {
  return db.transaction(async (tx) => {
    const now = isoTime(clock.now());
    const waived = await tx.run(
      'UPDATE finding SET waived_at = $3, waived_by = $4, waived_reason = $5 WHERE id = $1 AND server_id ' +
        '= $2 AND resolved_at IS NULL AND waived_at IS NULL',
      [findingId, server.id, now, waiver.by, waiver.reason],
    );
    const finding = await tx.maybe(Finding, `SELECT ${columns} FROM finding WHERE id = $1 AND server_id = $2`, [
      findingId,
      server.id,
    ]);
    if (!finding)
      throw new AppError({
        code: 'finding.unknown',
        kind: 'not-found',
        publicMessage: `There is no finding ${findingId} of ${server.id}.`,
      });
    if (finding.resolvedAt !== null)
      throw new AppError({
        code: 'finding.resolved',
        kind: 'conflict',
        publicMessage: 'The finding is resolved: there is nothing to waive.',
      });
    if (waived > 0) {
      await appendEvents(tx, clock, [
        findingWaived({
          subject: server.id,
          datacenterId: server.datacenterId,
          data: {
            serverId: server.id,
            findingId,
            kind: finding.kind,
            place: finding.place,
            by: waiver.by,
            reason: waiver.reason,
          },
        }),
      ]);
      await tellOfFindings(tx, clock, server, await openFindings(tx, server.id));
    }
    return finding;
  });
}
