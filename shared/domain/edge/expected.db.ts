import { z } from 'zod';
import type { Queryable } from '../../kernel/database/database.ts';
import { factorySecret } from '../credentials/bmc-access.ts';
import { ExpectedServer } from './edge.api.ts';

const ExpectedRow = ExpectedServer.extend({ manufacturer: z.string().nullable() });

const expected = `
  SELECT id, datacenter_id AS datacenter, state, serial, bmc_mac AS "bmcMac", macs, version,
    bmc_address AS "bmcAddress", bmc_secret_ref AS "bmcSecretRef", manufacturer,
    COALESCE((SELECT jsonb_agg(jsonb_build_object('job', j.job, 'expiresAt', to_char(j.expires_at AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY j.requested_at, j.id)
      FROM image_job AS j WHERE j.server_id = asset.id AND j.job IS NOT NULL AND j.ended_at IS NULL
        AND j.withdrawn_at IS NULL), '[]') AS jobs
  FROM asset
  WHERE datacenter_id = ANY ($1) AND (serial IS NOT NULL OR bmc_mac IS NOT NULL OR macs <> '{}') ORDER BY id`;

/** The servers of these datacenters that can be recognized by a MAC or a serial number, in a fixed order. */
export async function listExpected(db: Queryable, datacenterIds: readonly string[]): Promise<ExpectedServer[]> {
  const rows = await db.many(ExpectedRow, expected, [datacenterIds]);
  return rows.map(({ manufacturer, ...server }) => ({
    ...server,
    bmcSecretRef: server.bmcAddress === null ? null : (server.bmcSecretRef ?? factorySecret(manufacturer)),
  }));
}

/** A digest of that list. The database computes it: agents ask every minute, and the list is long. */
export async function digestOfExpected(db: Queryable, datacenterIds: readonly string[]): Promise<string> {
  const [row] = await db.many(
    z.object({ digest: z.string() }),
    `SELECT md5(COALESCE(string_agg(e::text, ',' ORDER BY e.id), '')) AS digest FROM (${expected}) AS e`,
    [datacenterIds],
  );
  return row?.digest ?? '';
}
