import type { z } from 'zod';
import type { ApprovalView, DecideApproval } from '../../../shared/domain/approvals/approvals.api.ts';
import type { AssetAction, AssetDetail } from '../../../shared/domain/assets/assets.api.ts';
import type { RevealedCredentials } from '../../../shared/domain/credentials/credentials.api.ts';
import type { DecommissionView, ProposeDecommission } from '../../../shared/domain/decommissions/decommissions.api.ts';
import type { MaintenanceView, RequestMaintenance } from '../../../shared/domain/maintenance/maintenance.api.ts';
import type { OrderView, SubmitOrder } from '../../../shared/domain/orders/orders.api.ts';
import type { ReceivedItem, ReceiveItem } from '../../../shared/domain/receiving/receiving.api.ts';
import type { SagaView } from '../../../shared/domain/sagas/sagas.api.ts';
import type { CompleteTask, TaskView } from '../../../shared/domain/tasks/tasks.api.ts';
import type { DeadLetterView } from '../../../shared/events/dead-letters.api.ts';
import { post } from './http.ts';

// Everything the portal asks the platform to do. `key` makes a repeat of the same act harmless.
const segment = encodeURIComponent;

export const submitOrder = (order: SubmitOrder, key: string) => post<OrderView>('/orders', order, key);
export const cancelOrder = (id: string, reason: string, key: string) =>
  post<OrderView>(`/orders/${segment(id)}/cancel`, { reason }, key);
export const decideApproval = (id: string, decision: z.input<typeof DecideApproval>, key: string) =>
  post<ApprovalView>(`/approvals/${segment(id)}/decision`, decision, key);

export const claimTask = (id: string, key: string) => post<TaskView>(`/tasks/${segment(id)}/claim`, {}, key);
export const completeTask = (id: string, result: z.input<typeof CompleteTask>, key: string) =>
  post<TaskView>(`/tasks/${segment(id)}/complete`, result, key);
export const receiveItem = (shipmentId: string, item: z.input<typeof ReceiveItem>, key: string) =>
  post<z.infer<typeof ReceivedItem>>(`/receiving/${segment(shipmentId)}/items`, item, key);

export const revealCredentials = (serverId: string, key: string) =>
  post<z.infer<typeof RevealedCredentials>>(`/servers/${segment(serverId)}/credentials/reveal`, {}, key);
export const requestMaintenance = (wish: z.input<typeof RequestMaintenance>, key: string) =>
  post<z.infer<typeof MaintenanceView>>('/maintenance-windows', wish, key);
export const actOnAsset = (serverId: string, action: z.input<typeof AssetAction>, key: string) =>
  post<AssetDetail>(`/assets/${segment(serverId)}/actions`, action, key);
export const proposeDecommission = (wish: z.input<typeof ProposeDecommission>, key: string) =>
  post<DecommissionView>('/decommissions', wish, key);

export type SagaVerb = 'retry' | 'resume' | 'terminate';
export const operateSaga = (id: string, verb: SagaVerb, reason: string, key: string) =>
  post<SagaView>(`/sagas/${segment(id)}/${verb}`, { reason }, key);
export const cancelSaga = (id: string, reason: string, key: string) =>
  post<SagaView>(`/sagas/${segment(id)}/events`, { event: 'cancel', reason }, key);
export const replayDeadLetter = (id: number, key: string) =>
  post<z.infer<typeof DeadLetterView>>(`/dead-letters/${id}/replay`, {}, key);
