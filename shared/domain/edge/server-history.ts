import { appendEvents } from '../../events/log.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { findAsset, type Asset } from '../assets/assets.db.ts';
import { assetObserved, type Observed } from '../assets/events.ts';
import type { EdgeReport } from './edge.api.ts';
import { recordObservation } from './observations.db.ts';
import type { ReportDeps } from './report-deps.ts';

/** The server that a report names, if it is in the datacenter of the report. */
export async function reportedServer(
  db: Queryable,
  { datacenter }: Pick<EdgeReport, 'datacenter'>,
  serverId: string | undefined,
): Promise<Asset | undefined> {
  const asset = serverId === undefined ? undefined : await findAsset(db, serverId);
  return asset?.datacenterId === datacenter ? asset : undefined;
}

/** Adds an observation of `subject` to the server's history, once however often it is reported. */
export async function addToHistory(
  report: EdgeReport,
  asset: Asset,
  subject: string,
  { kind, what, detail }: Pick<Observed, 'kind' | 'what' | 'detail'>,
  { db, clock, relay }: ReportDeps,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await recordObservation(tx, clock, report, subject))) return;
    await appendEvents(tx, clock, [
      assetObserved({
        subject: asset.id,
        datacenterId: asset.datacenterId,
        data: { serverId: asset.id, datacenterId: asset.datacenterId, kind, what, detail },
      }),
    ]);
  });
  relay.kick();
}
