import { recordMeasured, type Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { recordObservation, type Observation } from '../../shared/domain/edge/observations.db.ts';
import { MacAddress, type ServerFacts } from '../../shared/facts/server.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { whoseReport } from './whose-report.ts';

type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

/** What the validation image found on a server. */
export async function noteInventory(report: Report, deps: Deps): Promise<Asset[]> {
  const assets = await whoseReport(deps.db, report);
  const subject = report.serial ?? MacAddress.parse(report.mac);
  if (assets.length === 0) deps.log.unknownDevice({ reason: `inventory of ${subject} from ${report.datacenter}` });
  for (const asset of assets)
    await noteMeasured(
      report,
      asset,
      asset.serial === report.serial ? subject : `${subject} at ${asset.id}`,
      report.facts,
      deps,
    );
  return assets;
}

/** Keeps what was measured on a server. `subject`: whose, as the report says. */
export async function noteMeasured(
  seen: Observation,
  asset: Asset,
  subject: string,
  facts: ServerFacts,
  { db, clock }: Deps,
): Promise<void> {
  // It counts from when it was measured: one that lay in the datacenter's journal is not of a boot that began since.
  const measured = { now: () => Math.min(Date.parse(seen.at), clock.now()) };
  await db.transaction(async (tx) => {
    if (await recordObservation(tx, clock, { ...seen, kind: 'inventory-report' }, subject))
      await recordMeasured(tx, measured, asset.id, facts);
  });
}
