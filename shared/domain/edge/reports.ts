import type { CloudEvent } from '../../events/cloud-event.ts';
import { typeOf } from '../../events/event-type.ts';
import type { Publisher } from '../../events/relay.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { assetOf, type EdgeReport } from './edge.api.ts';

export const reportTopic = 'edge.reported';
/** Readings are many and no saga waits for them: on a topic of their own they do not delay other reports. */
export const readingsTopic = 'edge.readings';
const topicOf = ({ kind }: EdgeReport) => (kind === 'bmc-readings' ? readingsTopic : reportTopic);

/**
 * Publishes reports on the bus. They are not in the event log: the changes that follow are. Call it before the agent is
 * answered, which then drops them. (An output binding would not do: where HTTP streams, the answer leaves before the
 * outputs are written.)
 */
export const publishReports = (tx: Queryable, publisher: Publisher, reports: readonly EdgeReport[]): Promise<void> =>
  publisher.publish(
    tx,
    reports.map((report) => ({ topic: topicOf(report), key: assetOf(report), event: toCloudEvent(report) })),
  );

/** Agents choose their event ids: an id is unique only together with the datacenter. */
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
