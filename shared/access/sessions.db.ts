import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';

/** What the database knows of a session: never the cookie itself. */
const keyOf = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');

const Found = z.object({ claims: z.unknown() });
const Ended = z.object({ idToken: z.string().nullable() });

/** The claims of a browser's session that has not expired by `now` (ISO). As stored: the reader parses them. */
export const findSession = (db: Queryable, cookie: string, now: string): Promise<z.infer<typeof Found> | undefined> =>
  db.maybe(Found, 'SELECT claims FROM session WHERE id = $1 AND expires_at > $2', [keyOf(cookie), now]);

/** Keeps a new session, and forgets those that have expired. `idToken`: for the end of the session at the issuer. */
export async function insertSession(
  db: Queryable,
  session: { cookie: string; claims: object; idToken: string | undefined; createdAt: string; expiresAt: string },
): Promise<void> {
  await db.run('INSERT INTO session (id, claims, id_token, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)', [
    keyOf(session.cookie),
    JSON.stringify(session.claims),
    session.idToken ?? null,
    session.createdAt,
    session.expiresAt,
  ]);
  await db.run('DELETE FROM session WHERE expires_at < $1', [session.createdAt]);
}

/** Ends a session. Undefined where there was none. */
export const endSession = (db: Queryable, cookie: string): Promise<z.infer<typeof Ended> | undefined> =>
  db.maybe(Ended, 'DELETE FROM session WHERE id = $1 RETURNING id_token AS "idToken"', [keyOf(cookie)]);
