import { findAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { assetObserved, type Observed } from '../../shared/domain/assets/events.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { recordObservation } from '../../shared/domain/edge/observations.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';
import type { Deps } from '../../shared/saga/deps.ts';

/** The server that an agent speaks of, if it stands where that agent does. */
export async function assetNamed(
  db: Queryable,
  { datacenter }: Pick<EdgeReport, 'datacenter'>,
  serverId: string | undefined,
): Promise<Asset | undefined> {
  const asset = serverId === undefined ? undefined : await findAsset(db, serverId);
  return asset?.datacenterId === datacenter ? asset : undefined;
}

/** Puts it into the server's history, once however often it is told. `subject` is what it is news about. */
export async function observe(
  seen: EdgeReport,
  asset: Asset,
  subject: string,
  { kind, what, detail }: Pick<Observed, 'kind' | 'what' | 'detail'>,
  { db, clock, relay }: Deps,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await recordObservation(tx, clock, seen, subject))) return;
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
