import type { AnyHttpFunction } from '../shared/http/http-function.ts';
import { listAudit } from './access/list-audit.http.ts';
import { readMe } from './access/read-me.http.ts';
import { verifyAudit } from './access/verify-audit.http.ts';
import { listDecommissions } from './decommissioning/list-decommissions.http.ts';
import { readDecommission } from './decommissioning/read-decommission.http.ts';
import { submitDecommission } from './decommissioning/submit-decommission.http.ts';
import { listServers } from './delivery/list-servers.http.ts';
import { readServer } from './delivery/read-server.http.ts';
import { revealCredentials } from './delivery/reveal-credentials.http.ts';
import { createEnrolment } from './edge/create-enrolment.http.ts';
import { edgeCommands } from './edge/edge-commands.http.ts';
import { edgeConfig } from './edge/edge-config.http.ts';
import { edgeEvents } from './edge/edge-events.http.ts';
import { edgeSecrets } from './edge/edge-secrets.http.ts';
import { enrolAgent } from './edge/enrol-agent.http.ts';
import { expectedServers } from './edge/expected-servers.http.ts';
import { listAgents } from './edge/list-agents.http.ts';
import { renewAgent } from './edge/renew-agent.http.ts';
import { revokeAgent } from './edge/revoke-agent.http.ts';
import { setRelease } from './edge/set-release.http.ts';
import { actOnAsset } from './fleet/act-on-asset.http.ts';
import { adoptAsset } from './fleet/adopt-asset.http.ts';
import { assetHistory } from './fleet/asset-history.http.ts';
import { claimTask } from './fleet/claim-task.http.ts';
import { completeTask } from './fleet/complete-task.http.ts';
import { listAssets } from './fleet/list-assets.http.ts';
import { listDatacenters } from './fleet/list-datacenters.http.ts';
import { listTasks } from './fleet/list-tasks.http.ts';
import { readAsset } from './fleet/read-asset.http.ts';
import { readTask } from './fleet/read-task.http.ts';
import { assetLog } from './health/asset-log.http.ts';
import { requestMaintenance } from './operations/request-maintenance.http.ts';
import { cancelOrder } from './orders/cancel-order.http.ts';
import { listOrders } from './orders/list-orders.http.ts';
import { orderTimeline } from './orders/order-timeline.http.ts';
import { readOrder } from './orders/read-order.http.ts';
import { submitOrder } from './orders/submit-order.http.ts';
import { listDeadLetters } from './platform/list-dead-letters.http.ts';
import { listEvents } from './platform/list-events.http.ts';
import { listSagas } from './platform/list-sagas.http.ts';
import { readSaga } from './platform/read-saga.http.ts';
import { replayDeadLetter } from './platform/replay-dead-letter.http.ts';
import { resumeSaga } from './platform/resume-saga.http.ts';
import { retrySaga } from './platform/retry-saga.http.ts';
import { sagaEvents } from './platform/saga-events.http.ts';
import { sagaHistory } from './platform/saga-history.http.ts';
import { terminateSaga } from './platform/terminate-saga.http.ts';
import { decideApproval } from './procurement/decide-approval.http.ts';
import { listApprovals } from './procurement/list-approvals.http.ts';
import { listQuotes } from './procurement/list-quotes.http.ts';
import { readPurchase } from './procurement/read-purchase.http.ts';
import { listShipments } from './receiving/list-shipments.http.ts';
import { receiveItem } from './receiving/receive-item.http.ts';

/** Every endpoint of the API, by stage. A new one is registered, described and tested by standing here. */
export const endpoints: readonly AnyHttpFunction[] = [
  // procurement
  cancelOrder,
  decideApproval,
  listApprovals,
  listOrders,
  listQuotes,
  listShipments,
  orderTimeline,
  readOrder,
  readPurchase,
  submitOrder,
  // receiving
  claimTask,
  completeTask,
  listTasks,
  readTask,
  receiveItem,
  // discovery
  createEnrolment,
  edgeCommands,
  edgeConfig,
  edgeEvents,
  edgeSecrets,
  enrolAgent,
  expectedServers,
  listAgents,
  renewAgent,
  revokeAgent,
  setRelease,
  // delivery
  listServers,
  readServer,
  revealCredentials,
  // operations
  actOnAsset,
  adoptAsset,
  assetHistory,
  assetLog,
  listAssets,
  listDatacenters,
  listDeadLetters,
  listEvents,
  listSagas,
  readAsset,
  readSaga,
  replayDeadLetter,
  requestMaintenance,
  resumeSaga,
  retrySaga,
  sagaEvents,
  sagaHistory,
  terminateSaga,
  // decommissioning
  listDecommissions,
  readDecommission,
  submitDecommission,
  // platform
  listAudit,
  readMe,
  verifyAudit,
];
