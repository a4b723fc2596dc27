import type { Queryable } from '../../kernel/database/database.ts';
import type { MaintenanceId, ServerId } from '../../kernel/ids.ts';

/** A maintenance that somebody has requested; its saga opens and ends it. */
export const insertMaintenance = (
  tx: Queryable,
  wish: {
    id: MaintenanceId;
    serverId: ServerId;
    reason: string;
    requestedBy: string;
    endsAt: string;
    createdAt: string;
  },
): Promise<number> =>
  tx.run(
    `INSERT INTO maintenance (id, server_id, reason, state, requested_by, ends_at, created_at, updated_at)
      VALUES ($1, $2, $3, 'requested', $4, $5, $6, $6)`,
    [wish.id, wish.serverId, wish.reason, wish.requestedBy, wish.endsAt, wish.createdAt],
  );
