import { z } from 'zod';
import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { reportTopic } from '../../shared/domain/edge/reports.ts';
import { consumer, type ConsumerDeps } from '../../shared/saga/consumer.ts';
import { noteBoot } from './note-boot.ts';
import { noteInventory } from './note-inventory.ts';
import { noteLease } from './note-lease.ts';
import { noteOddity } from './note-oddity.ts';
import { noteJob } from './note-work.ts';

/** What datacenters report. */
export const edgeEvent = consumer({ name: 'edge-event', topics: [reportTopic], data: EdgeReport, handle: noteReport });

/**
 * Notes what a datacenter has seen, and wakes the sagas that wait for it. Twice is the same as once, and what comes
 * late changes nothing that is known better; only the waking is repeated, because a crash may have come before it.
 */
export async function noteReport(seen: EdgeReport, deps: ConsumerDeps): Promise<void> {
  for (const asset of await noted(seen, deps)) await wakeSagasOf(asset, deps);
}

/** Answers the servers for whose sagas this may be news. */
async function noted(seen: EdgeReport, deps: ConsumerDeps): Promise<Asset[]> {
  switch (seen.kind) {
    case 'dhcp-lease':
    case 'unknown-device':
      return noteLease(seen, deps);
    case 'inventory-report':
      return noteInventory(seen, deps);
    case 'job-progress':
      return noteJob(seen, deps);
    case 'anomaly':
      return noteOddity(seen, deps);
    case 'boot-answered':
      return noteBoot(seen, deps);
    case 'bmc-readings':
      return []; // they have a topic of their own
  }
}

async function wakeSagasOf(asset: Asset, { db, sagas }: ConsumerDeps): Promise<void> {
  const waiting = await db.many(
    z.object({ id: z.string() }),
    'SELECT id FROM saga WHERE server_id = $1 AND ended_at IS NULL',
    [asset.id],
  );
  for (const { id } of waiting) await sagas.wake(id);
}
