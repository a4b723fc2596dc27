import { MacAddress } from '../../facts/server.ts';
import { hours } from '../../kernel/durations.ts';
import { TaskId } from '../../kernel/ids.ts';
import { derivedId } from '../../kernel/new-id.ts';
import type { Asset } from '../assets/assets.db.ts';
import { openTask } from '../tasks/tasks.db.ts';
import { openAnomalyFinding } from '../validation/anomaly-findings.db.ts';
import type { Anomaly, EdgeReport } from './edge.api.ts';
import { judgeAnomaly, type Inspection } from './judge-anomaly.ts';
import { recordMeasurement } from './record-inventory.ts';
import type { ReportDeps } from './report-deps.ts';
import { addToHistory, reportedServer } from './server-history.ts';

type Report = Extract<EdgeReport, { kind: 'anomaly' }>;

const inspectWithin = hours(24);

/**
 * Records an anomaly. One that a person has to inspect becomes one technician's task per case, and a finding on the
 * server it concerns until the task is done. It changes no state: a MAC address proves nothing.
 */
export async function recordAnomaly(report: Report, deps: ReportDeps): Promise<Asset[]> {
  const { anomaly, datacenter } = report;
  const mac = MacAddress.parse(report.mac);
  const asset = await reportedServer(deps.db, report, report.serverId);
  const { what, inspection } = judgeAnomaly(anomaly, mac);
  deps.log.anomaly({ reason: `${datacenter}: ${what}`, ...(asset && { serverId: asset.id }) });
  if (anomaly.kind === 'unexpected-origin') return [];
  const isCompared = asset !== undefined && (await compareInstead(report, asset, deps));
  if (inspection && !isCompared) await openInspection(report, inspection, what, asset, deps);
  if (asset) {
    const subject = `${mac} ${inspection?.case ?? anomaly.kind}`;
    await addToHistory(report, asset, subject, { kind: 'anomaly', what, detail: detailOf(mac, anomaly) }, deps);
  }
  return isCompared ? [asset] : [];
}

/**
 * Of a server that is being measured, what another machine in its place measured goes to the comparison: that finds the
 * wrong serial number and has it put right. Of any other server it is no fact.
 */
async function compareInstead(report: Report, asset: Asset, deps: ReportDeps): Promise<boolean> {
  const { anomaly } = report;
  if (anomaly.kind !== 'other-serial' || asset.state !== 'DISCOVERED') return false;
  await recordMeasurement(report, asset, `${anomaly.found} at ${asset.id}`, anomaly.facts, deps);
  return true;
}

/** Without the facts that were measured: they are too much for a history. */
const detailOf = (mac: MacAddress, anomaly: Anomaly): Record<string, unknown> =>
  anomaly.kind === 'other-serial'
    ? { mac, kind: anomaly.kind, expected: anomaly.expected, found: anomaly.found }
    : { mac, ...anomaly };

async function openInspection(
  { datacenter, at }: Report,
  inspection: Inspection,
  what: string,
  asset: Asset | undefined,
  { db, clock, relay }: ReportDeps,
): Promise<void> {
  const dedupeKey = `anomaly/${datacenter}/${inspection.case}`;
  const task = await openTask(db, clock, {
    id: TaskId.parse(derivedId('task', clock.now(), dedupeKey)),
    kind: 'identify',
    dedupeKey,
    datacenterId: datacenter,
    serverId: asset?.id ?? null,
    sagaId: null,
    dueAt: clock.now() + inspectWithin,
    title: inspection.title,
    instructions: [`${what} Seen on ${at}.`, ...(asset ? [locationOf(asset)] : []), inspection.advice],
  });
  const isOpen = task.state === 'open' || task.state === 'claimed';
  if (asset && isOpen)
    await db.transaction((tx) =>
      openAnomalyFinding(tx, clock, asset, task.id, { ...inspection.finding, said: what, hint: inspection.advice }),
    );
  relay.kick();
}

function locationOf({ id, serial, rackName, rackUnit }: Asset): string {
  const rack = rackName === null ? '' : ` in ${rackName}, unit ${rackUnit}`;
  return `It concerns the server ${serial ?? id}${rack}.`;
}
