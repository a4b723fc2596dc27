import { z } from 'zod';
import type { Queryable } from '../../kernel/database/database.ts';
import { State } from '../../lifecycle/states.ts';

const Overdue = z.object({
  id: z.string(),
  state: State,
  since: z.string(),
  datacenterId: z.string(),
  tenantId: z.string().nullable(),
});

/**
 * Servers that have been in a state since before the time given for it (ISO) and about which no alarm was raised yet.
 * Notes that one is raised now.
 */
export const takeOverdue = (
  tx: Queryable,
  limits: readonly { state: State; before: string }[],
  now: string,
): Promise<z.infer<typeof Overdue>[]> =>
  tx.many(
    Overdue,
    `UPDATE asset SET alarmed_at = $2 FROM jsonb_to_recordset($1) AS l (state text, before timestamptz)
     WHERE asset.state = l.state AND asset.state_since < l.before AND asset.alarmed_at IS NULL
     RETURNING asset.id, asset.state, asset.state_since AS since, asset.datacenter_id AS "datacenterId",
       asset.tenant_id AS "tenantId"`,
    [JSON.stringify(limits), now],
  );
