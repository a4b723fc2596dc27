// The actions durable-functions 3.x answers with. A task that is mentioned twice is the same object twice, so
// actions are only looked at, never copied.

export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

export interface RetryOptions {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
}

export interface HttpRequest {
  method: string;
  uri: string;
  content?: string;
  headers?: Record<string, string>;
  tokenSource?: unknown;
  asynchronousPatternEnabled?: boolean;
}

export type CallActivity = { actionType: 0; functionName: string; input?: unknown };
export type CallActivityWithRetry = {
  actionType: 1;
  functionName: string;
  input?: unknown;
  retryOptions: RetryOptions;
};
export type CallSubOrchestrator = {
  actionType: 2;
  functionName: string;
  instanceId?: string;
  version?: string;
  input?: unknown;
};
export type CallSubOrchestratorWithRetry = {
  actionType: 3;
  functionName: string;
  instanceId?: string;
  version?: string;
  input?: unknown;
  retryOptions: RetryOptions;
};
export type ContinueAsNewAction = { actionType: 4; input?: unknown };
/** `isCanceled` is changed on the object by `cancel()`, so a later replay shows it. */
export type CreateTimer = { actionType: 5; fireAt: Date | string; isCanceled: boolean };
export type WaitForExternalEvent = { actionType: 6; externalEventName: string };
export type EntityAction = { actionType: 7 | 9; instanceId: string; operation: string; input?: unknown };
export type CallHttp = { actionType: 8; httpRequest: HttpRequest };
export type Compound = { actionType: 11 | 12; compoundActions: readonly Action[] };
export type LockEntities = { actionType: 13; lockSet: readonly { name: string; key: string }[] };
export type ReleaseEntities = { actionType: 14 };

export type Action =
  | CallActivity
  | CallActivityWithRetry
  | CallSubOrchestrator
  | CallSubOrchestratorWithRetry
  | ContinueAsNewAction
  | CreateTimer
  | WaitForExternalEvent
  | EntityAction
  | CallHttp
  | Compound
  | LockEntities
  | ReleaseEntities;

const known = new Set<unknown>(Object.values(ActionType));

export const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'actionType' in value && known.has(value.actionType);
