import { MacAddress, type ServerFacts } from '../../facts/server.ts';
import { recordMeasured, type Asset } from '../assets/assets.db.ts';
import { voidUntrue } from '../proofs/hardware.ts';
import type { EdgeReport } from './edge.api.ts';
import { recordObservation, type Observation } from './observations.db.ts';
import type { ReportDeps } from './report-deps.ts';
import { ownersOfReport } from './report-owners.ts';

type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

/** Records what the validation image measured, on each server that the report may be of. */
export async function recordInventory(report: Report, deps: ReportDeps): Promise<Asset[]> {
  const assets = await ownersOfReport(deps.db, report);
  const subject = report.serial ?? MacAddress.parse(report.mac);
  if (assets.length === 0) deps.log.unknownDevice({ reason: `inventory of ${subject} from ${report.datacenter}` });
  for (const asset of assets) {
    const isNamed = asset.serial === report.serial;
    await recordMeasurement(report, asset, isNamed ? subject : `${subject} at ${asset.id}`, report.facts, deps);
  }
  return assets;
}

/** Records facts on a server. `subject` orders the observations: of each subject the newest counts. */
export async function recordMeasurement(
  observation: Observation,
  asset: Asset,
  subject: string,
  facts: ServerFacts,
  { db, clock }: Pick<ReportDeps, 'db' | 'clock'>,
): Promise<void> {
  // The facts date from when they were measured: a report that waited in a journal is older than a boot begun since.
  const measuredAt = { now: () => Math.min(Date.parse(observation.at), clock.now()) };
  await db.transaction(async (tx) => {
    if (!(await recordObservation(tx, clock, { ...observation, kind: 'inventory-report' }, subject))) return;
    await recordMeasured(tx, measuredAt, asset.id, facts);
    await voidUntrue(tx, clock, asset.id, facts, { actor: 'validation-image' });
  });
}
