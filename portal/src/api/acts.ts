import type { z } from 'zod';
import type {
  AssetAction,
  AssetDetail,
  CompleteTask,
  DeadLetterView,
  DecommissionView,
  MaintenanceView,
  ProposeDecommission,
  ReceivedItem,
  ReceiveItem,
  RequestMaintenance,
  RevealedCredentials,
  SagaView,
  TaskView,
} from '../../../shared/api/operations.ts';
import type { ApprovalView, DecideApproval, OrderView, SubmitOrder } from '../../../shared/api/orders.ts';
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
