import type { CloudEvent } from '../../events/cloud-event.ts';
import { typeOf } from '../../events/event-type.ts';
import type { Publisher } from '../../events/relay.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { assetOf, type EdgeReport } from './edge.api.ts';

export const reportTopic = 'edge.reported';
/** Of these there are many, and nothing waits for them: they do not stand in the way of the others. */
export const readingsTopic = 'edge.readings';
const topicOf = ({ kind }: EdgeReport) => (kind === 'bmc-readings' ? readingsTopic : reportTopic);

/**
 * Hands what a datacenter tells to the bus. It is not in the log: what it changes is. Call it before its agent is
 * answered, who forgets it then. (An output binding would not do: where HTTP streams, the answer leaves before the
 * outputs are written.)
 */
export const publishReports = (tx: Queryable, publisher: Publisher, reports: readonly EdgeReport[]): Promise<void> =>
  publisher.publish(
    tx,
    reports.map((report) => ({ topic: topicOf(report), key: assetOf(report), event: toCloudEvent(report) })),
  );

/** Agents number their own events: only with its datacenter is an id the only one of its kind. */
const toCloudEvent = (report: EdgeReport): CloudEvent => ({
  specversion: '1.0',
  id: `${report.datacenter}/${report.id}`,
  type: typeOf(topicOf(report)),
  source: `/rackline/edge/${report.datacenter}`,
  subject: assetOf(report),
  time: report.at,
  datacontenttype: 'application/json',
  partitionkey: assetOf(report),
  datacenterid: report.datacenter,
  data: report,
});
