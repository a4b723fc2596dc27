import { call } from './call.ts';
import type { BodyOf } from './routes.ts';

// Everything the portal asks the platform to do. `key` makes a repeat of the same act harmless.
export const submitOrder = (body: BodyOf<'POST /v1/orders'>, key: string) => call('POST /v1/orders', { body }, { key });
export const cancelOrder = (id: string, reason: string, key: string) =>
  call('POST /v1/orders/{id}/cancel', { params: { id }, body: { reason } }, { key });
export const decideApproval = (id: string, body: BodyOf<'POST /v1/approvals/{id}/decision'>, key: string) =>
  call('POST /v1/approvals/{id}/decision', { params: { id }, body }, { key });

export const claimTask = (id: string, key: string) => call('POST /v1/tasks/{id}/claim', { params: { id } }, { key });
export const completeTask = (id: string, body: BodyOf<'POST /v1/tasks/{id}/complete'>, key: string) =>
  call('POST /v1/tasks/{id}/complete', { params: { id }, body }, { key });
export const receiveItem = (shipmentId: string, body: BodyOf<'POST /v1/receiving/{shipmentId}/items'>, key: string) =>
  call('POST /v1/receiving/{shipmentId}/items', { params: { shipmentId }, body }, { key });

export const revealCredentials = (id: string, key: string) =>
  call('POST /v1/servers/{id}/credentials/reveal', { params: { id } }, { key });
export const requestMaintenance = (body: BodyOf<'POST /v1/maintenance-windows'>, key: string) =>
  call('POST /v1/maintenance-windows', { body }, { key });
export const actOnAsset = (id: string, body: BodyOf<'POST /v1/assets/{id}/actions'>, key: string) =>
  call('POST /v1/assets/{id}/actions', { params: { id }, body }, { key });
export const proposeDecommission = (body: BodyOf<'POST /v1/decommissions'>, key: string) =>
  call('POST /v1/decommissions', { body }, { key });

export type SagaVerb = 'retry' | 'resume' | 'terminate';
export const operateSaga = (id: string, verb: SagaVerb, reason: string, key: string) =>
  call(`POST /v1/sagas/{id}/${verb}`, { params: { id }, body: { reason } }, { key });
export const cancelSaga = (id: string, reason: string, key: string) =>
  call('POST /v1/sagas/{id}/events', { params: { id }, body: { event: 'cancel', reason } }, { key });
export const replayDeadLetter = (id: number, key: string) =>
  call('POST /v1/dead-letters/{id}/replay', { params: { id } }, { key });
