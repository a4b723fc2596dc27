import { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { recordReport } from '../../shared/domain/edge/record-report.ts';
import { reportTopic } from '../../shared/domain/edge/reports.ts';
import { openSagasOf } from '../../shared/domain/sagas/sagas.db.ts';
import { consumer, type ConsumerDeps } from '../../shared/saga/consumer.ts';

/** Records what edge agents report. */
export const edgeEvent = consumer({
  name: 'edge-event',
  topics: [reportTopic],
  data: EdgeReport,
  handle: handleReport,
});

/** Records a report, and wakes the sagas of the servers that it is about. May be called again for the same report. */
export async function handleReport(report: EdgeReport, deps: ConsumerDeps): Promise<void> {
  for (const { id } of await recordReport(report, deps))
    for (const sagaId of await openSagasOf(deps.db, id)) await deps.sagas.wake(sagaId);
}
