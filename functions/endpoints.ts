import type { AnyHttpFunction } from '../shared/http/http-function.ts';
import { listDecommissions } from './decommissioning/list-decommissions.http.ts';
import { readDecommission } from './decommissioning/read-decommission.http.ts';
import { submitDecommission } from './decommissioning/submit-decommission.http.ts';
import { listServers } from './delivery/list-servers.http.ts';
import { readServer } from './delivery/read-server.http.ts';
import { revealCredentials } from './delivery/reveal-credentials.http.ts';
import { createEnrolment } from './discovery/create-enrolment.http.ts';
import { edgeCommands } from './discovery/edge-commands.http.ts';
import { edgeConfig } from './discovery/edge-config.http.ts';
import { edgeEvents } from './discovery/edge-events.http.ts';
import { edgeSecrets } from './discovery/edge-secrets.http.ts';
import { enrolAgent } from './discovery/enrol-agent.http.ts';
import { expectedServers } from './discovery/expected-servers.http.ts';
import { listAgents } from './discovery/list-agents.http.ts';
import { renewAgent } from './discovery/renew-agent.http.ts';
import { revokeAgent } from './discovery/revoke-agent.http.ts';
import { setRelease } from './discovery/set-release.http.ts';
import { actOnAsset } from './operations/act-on-asset.http.ts';
import { adoptAsset } from './operations/adopt-asset.http.ts';
import { assetHistory } from './operations/asset-history.http.ts';
import { assetLog } from './operations/asset-log.http.ts';
import { listAssets } from './operations/list-assets.http.ts';
import { listDatacenters } from './operations/list-datacenters.http.ts';
import { listDeadLetters } from './operations/list-dead-letters.http.ts';
import { listEvents } from './operations/list-events.http.ts';
import { listSagas } from './operations/list-sagas.http.ts';
import { readAsset } from './operations/read-asset.http.ts';
import { readSaga } from './operations/read-saga.http.ts';
import { replayDeadLetter } from './operations/replay-dead-letter.http.ts';
import { requestMaintenance } from './operations/request-maintenance.http.ts';
import { resumeSaga } from './operations/resume-saga.http.ts';
import { retrySaga } from './operations/retry-saga.http.ts';
import { sagaEvents } from './operations/saga-events.http.ts';
import { sagaHistory } from './operations/saga-history.http.ts';
import { terminateSaga } from './operations/terminate-saga.http.ts';
import { listAudit } from './platform/list-audit.http.ts';
import { readMe } from './platform/read-me.http.ts';
import { verifyAudit } from './platform/verify-audit.http.ts';
import { cancelOrder } from './procurement/cancel-order.http.ts';
import { decideApproval } from './procurement/decide-approval.http.ts';
import { listApprovals } from './procurement/list-approvals.http.ts';
import { listOrders } from './procurement/list-orders.http.ts';
import { listQuotes } from './procurement/list-quotes.http.ts';
import { listShipments } from './procurement/list-shipments.http.ts';
import { orderTimeline } from './procurement/order-timeline.http.ts';
import { readOrder } from './procurement/read-order.http.ts';
import { readPurchase } from './procurement/read-purchase.http.ts';
import { submitOrder } from './procurement/submit-order.http.ts';
import { claimTask } from './receiving/claim-task.http.ts';
import { completeTask } from './receiving/complete-task.http.ts';
import { listTasks } from './receiving/list-tasks.http.ts';
import { readTask } from './receiving/read-task.http.ts';
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
