import { z } from 'zod';
import type { Queryable } from '../../shared/kernel/database/database.ts';

const Row = z.record(z.string(), z.unknown());

/**
 * What our own books hold right now. What is over (cancelled, returned, done) is history and left out; that a cabled
 * BMC has asked for an address is heard, not held.
 */
const questions = {
  servers: `SELECT state, condition, order_id IS NOT NULL AS reserved, tenant_id, serial, bmc_address IS NOT NULL
    AND state <> 'CABLED' AS has_address, facts IS NOT NULL AS has_facts FROM asset
            WHERE state NOT IN ('CANCELLED', 'RETURNED_TO_VENDOR', 'DECOMMISSIONED') ORDER BY serial, id`,
  // What is erased stays erased, whatever is taken back.
  proofs: `SELECT serial, kind FROM proof JOIN asset ON asset.id = server_id WHERE voided_at IS NULL
            AND kind NOT IN ('erase-verified', 'factory-new')
            AND state NOT IN ('CANCELLED', 'RETURNED_TO_VENDOR', 'DECOMMISSIONED') ORDER BY serial, kind`,
  rackUnits: 'SELECT rack_id, unit, server_id FROM rack_unit ORDER BY rack_id, unit',
  quotes:
    "SELECT vendor, state, order_id FROM quote WHERE state NOT IN ('cancelled', 'declined', 'expired') " +
    'ORDER BY order_id, vendor',
  purchases: "SELECT po_number, state FROM purchase WHERE state NOT IN ('cancelled', 'returned') ORDER BY po_number",
  shipments: "SELECT tracking_number, state FROM shipment WHERE state <> 'returned' ORDER BY tracking_number",
  approvals: "SELECT subject FROM approval WHERE state = 'open' ORDER BY subject",
  tasks: "SELECT kind, title FROM task WHERE state IN ('open', 'claimed') ORDER BY id",
  imageJob: 'SELECT server_id, kind FROM image_job WHERE ended_at IS NULL AND withdrawn_at IS NULL ORDER BY id',
  orders: "SELECT id, state FROM customer_order WHERE state NOT IN ('cancelled', 'failed') ORDER BY id",
} as const;

export const platformHoldings = async (db: Queryable): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(questions).map(async ([what, sql]) => [what, await db.many(Row, sql)])),
  );
