import { z } from 'zod';
import { isoTime, type Clock } from '../clock.ts';
import type { Difference } from '../validation/compare.ts';
import type { ServerId } from '../ids.ts';
import type { Database, Queryable } from './database.ts';

export const Finding = z.object({
  id: z.string(), kind: z.string(), severity: z.enum(['info', 'minor', 'major']), place: z.string(), expected: z.string(), found: z.string(), foundAt: z.string(), resolvedAt: z.string().nullable(),
});
export type Finding = z.infer<typeof Finding>;
const columns = 'id, kind, severity, place, expected, found, found_at AS "foundAt", resolved_at AS "resolvedAt"';

/** Notes what is different now: new differences are opened, those no longer found are resolved, the rest stay as they were. */
export async function recordFindings(db: Database, clock: Clock, serverId: ServerId, differences: readonly Difference[], idOf: (n: number) => string): Promise<void> {
  const now = isoTime(clock.now());
  const key = (each: { kind: string; place: string; found: string }) => `${each.kind} ${each.place} ${each.found}`;
  await db.transaction(async (tx) => {
    const open = await openFindings(tx, serverId);
    const still = new Set(differences.map(key));
    await tx.run('UPDATE finding SET resolved_at = $2 WHERE id = ANY ($1)', [open.filter((each) => !still.has(key(each))).map(({ id }) => id), now]);
    const known = new Set(open.map(key));
    for (const [n, { kind, severity, place, expected, found }] of differences.filter((each) => !known.has(key(each))).entries()) {
      await tx.run('INSERT INTO finding (id, server_id, kind, severity, place, expected, found, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING', [idOf(n), serverId, kind, severity, place, expected, found, now]);
    }
  });
}

export const openFindings = (db: Queryable, serverId: ServerId): Promise<Finding[]> =>
  db.many(Finding, `SELECT ${columns} FROM finding WHERE server_id = $1 AND resolved_at IS NULL ORDER BY id`, [serverId]);
export const findingsOf = (db: Queryable, serverId: ServerId): Promise<Finding[]> => db.many(Finding, `SELECT ${columns} FROM finding WHERE server_id = $1 ORDER BY id DESC`, [serverId]);
