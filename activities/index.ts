import type { AnyStep } from '../shared/saga/step.ts';
import { awaitDecommissionDecision } from './decommissioning/await-decommission-decision.ts';
import { eraseServer } from './decommissioning/erase-server.ts';
import { freePlace } from './decommissioning/free-place.ts';
import { proposeDecommission } from './decommissioning/propose-decommission.ts';
import { removeServer } from './decommissioning/remove-server.ts';
import { retireServer } from './decommissioning/retire-server.ts';
import { revokeTenantAccess } from './decommissioning/revoke-tenant-access.ts';
import { withdrawFromTools } from './decommissioning/withdraw-from-tools.ts';
import { assignServer } from './delivery/assign-server.ts';
import { handOver } from './delivery/hand-over.ts';
import { issueBmcAccess } from './delivery/issue-bmc-access.ts';
import { notifyTenant } from './delivery/notify-tenant.ts';
import { acceptValidation } from './discovery/accept-validation.ts';
import { awaitBmc } from './discovery/await-bmc.ts';
import { bootValidationImage } from './discovery/boot-validation-image.ts';
import { compareWithOrder } from './discovery/compare-with-order.ts';
import { fixFindings } from './discovery/fix-findings.ts';
import { identifyServer } from './discovery/identify-server.ts';
import { inspectServer } from './discovery/inspect-server.ts';
import { quarantineServer } from './discovery/quarantine-server.ts';
import { restartBmc } from './discovery/restart-bmc.ts';
import { testLinks } from './discovery/test-links.ts';
import { beginMaintenance } from './operations/begin-maintenance.ts';
import { endMaintenance } from './operations/end-maintenance.ts';
import { performMaintenance } from './operations/perform-maintenance.ts';
import { verifyHealth } from './operations/verify-health.ts';
import { beginOrder } from './orders/begin-order.ts';
import { completeOrder } from './orders/complete-order.ts';
import { enterPhase } from './orders/enter-phase.ts';
import { reserveInventory } from './orders/reserve-inventory.ts';
import { awaitPurchaseDecision } from './procurement/await-purchase-decision.ts';
import { awaitShipNotice } from './procurement/await-ship-notice.ts';
import { chooseQuote } from './procurement/choose-quote.ts';
import { collectQuotes } from './procurement/collect-quotes.ts';
import { declineOtherQuotes } from './procurement/decline-other-quotes.ts';
import { placePurchase } from './procurement/place-purchase.ts';
import { planPurchase } from './procurement/plan-purchase.ts';
import { requestApproval } from './procurement/request-approval.ts';
import { requestQuote } from './procurement/request-quote.ts';
import { applyServerProfile } from './provisioning/apply-server-profile.ts';
import { beginCommissioning } from './provisioning/begin-commissioning.ts';
import { burnInServer } from './provisioning/burn-in-server.ts';
import { hardenServer } from './provisioning/harden-server.ts';
import { makeReady } from './provisioning/make-ready.ts';
import { proveErased } from './provisioning/prove-erased.ts';
import { registerVendorTool } from './provisioning/register-vendor-tool.ts';
import { rotateBmcCredentials } from './provisioning/rotate-bmc-credentials.ts';
import { updateFirmware } from './provisioning/update-firmware.ts';
import { allocatePlace } from './receiving/allocate-place.ts';
import { cableServer } from './receiving/cable-server.ts';
import { closeShipment } from './receiving/close-shipment.ts';
import { planCables } from './receiving/plan-cables.ts';
import { rackServer } from './receiving/rack-server.ts';
import { receiveGoods } from './receiving/receive-goods.ts';
import { registerServer } from './receiving/register-server.ts';
import { trackShipment } from './receiving/track-shipment.ts';

/** Every step of every saga, by stage. A new step is registered by standing here. */
export const steps: readonly AnyStep[] = [
  // procurement
  beginOrder,
  reserveInventory,
  planPurchase,
  requestQuote,
  collectQuotes,
  chooseQuote,
  requestApproval,
  awaitPurchaseDecision,
  placePurchase,
  declineOtherQuotes,
  awaitShipNotice,
  // receiving
  trackShipment,
  receiveGoods,
  registerServer,
  closeShipment,
  allocatePlace,
  rackServer,
  planCables,
  cableServer,
  // discovery
  awaitBmc,
  identifyServer,
  bootValidationImage,
  compareWithOrder,
  testLinks,
  fixFindings,
  acceptValidation,
  restartBmc,
  inspectServer,
  quarantineServer,
  // provisioning
  proveErased,
  beginCommissioning,
  rotateBmcCredentials,
  registerVendorTool,
  updateFirmware,
  hardenServer,
  burnInServer,
  applyServerProfile,
  makeReady,
  // delivery
  assignServer,
  issueBmcAccess,
  handOver,
  notifyTenant,
  enterPhase,
  completeOrder,
  // operations
  beginMaintenance,
  performMaintenance,
  verifyHealth,
  endMaintenance,
  // decommissioning
  proposeDecommission,
  awaitDecommissionDecision,
  revokeTenantAccess,
  eraseServer,
  withdrawFromTools,
  removeServer,
  freePlace,
  retireServer,
];
