import type { Asset } from '../assets/assets.db.ts';
import type { EdgeReport } from './edge.api.ts';
import { recordAnomaly } from './record-anomaly.ts';
import { recordBoot } from './record-boot.ts';
import { recordInventory } from './record-inventory.ts';
import { recordJob } from './record-job.ts';
import { recordLease } from './record-lease.ts';
import type { ReportDeps } from './report-deps.ts';

/**
 * Records what an agent reported, and answers the servers whose sagas may wait for it. Recording a report again, or a
 * report older than what is known, changes nothing, but answers the same servers: a crash may have come before their
 * sagas were woken.
 */
export async function recordReport(report: EdgeReport, deps: ReportDeps): Promise<Asset[]> {
  switch (report.kind) {
    case 'dhcp-lease':
    case 'unknown-device':
      return recordLease(report, deps);
    case 'inventory-report':
      return recordInventory(report, deps);
    case 'job-progress':
      return recordJob(report, deps);
    case 'anomaly':
      return recordAnomaly(report, deps);
    case 'boot-answered':
      return recordBoot(report, deps);
    case 'bmc-readings':
      return []; // consumed from a topic of their own
  }
}
