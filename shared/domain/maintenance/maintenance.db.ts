import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import type { MaintenanceId, ServerId } from '../../kernel/ids.ts';

export type MaintenanceState = 'requested' | 'open' | 'done' | 'cancelled';

export const insertMaintenance = (
  tx: Queryable,
  clock: Clock,
  wish: { id: MaintenanceId; serverId: ServerId; reason: string; requestedBy: string; endsAt: string },
): Promise<number> =>
  tx.run(
    'INSERT INTO maintenance (id, server_id, reason, state, requested_by, ends_at, created_at, ' +
      "updated_at) VALUES ($1, $2, $3, 'requested', $4, $5, $6, $6)",
    [wish.id, wish.serverId, wish.reason, wish.requestedBy, wish.endsAt, isoTime(clock.now())],
  );

/** Does nothing where it is not in the state that it should come from. */
export const setMaintenanceState = (
  db: Queryable,
  clock: Clock,
  id: MaintenanceId,
  state: MaintenanceState,
  from: MaintenanceState | null = null,
): Promise<number> =>
  db.run('UPDATE maintenance SET state = $2, updated_at = $3 WHERE id = $1 AND ($4::text IS NULL OR state = $4)', [
    id,
    state,
    isoTime(clock.now()),
    from,
  ]);
