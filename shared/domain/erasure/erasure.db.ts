import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import type { ServerId } from '../../kernel/ids.ts';
import { Erasure } from './certificate.ts';

/** Notes what an erasure came to. Noting the same again changes nothing. */
export const recordErasure = (
  db: Queryable,
  clock: Clock,
  {
    id,
    serverId,
    sagaId,
    stepKey,
    erasure,
  }: { id: string; serverId: ServerId; sagaId: string; stepKey: string; erasure: Erasure },
): Promise<number> =>
  db.run(
    'INSERT INTO erasure (id, server_id, saga_id, step_key, ended_at, is_complete, category, drives, ' +
      'unverified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING',
    [
      id,
      serverId,
      sagaId,
      stepKey,
      isoTime(clock.now()),
      erasure.isComplete,
      erasure.category,
      JSON.stringify(erasure.drives),
      erasure.unverified,
    ],
  );

/** What has been erased on a server, and what could not be, oldest first. */
export const erasuresOf = (db: Queryable, serverId: ServerId): Promise<Erasure[]> =>
  db.many(
    Erasure,
    'SELECT is_complete AS "isComplete", category, drives, unverified FROM erasure WHERE server_id = $1 ' +
      'ORDER BY ended_at, id',
    [serverId],
  );
