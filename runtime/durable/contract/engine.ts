import type { HistoryEvent } from './history.ts';

/**
 * What a durable engine is to the rest of the host. Engines differ in where they keep instances and who runs
 * them; all run the same app through `DurableApp`, and pass one conformance suite (test/kit/conformance).
 * Texts called JSON are already serialised: the engine stores and moves them, it never looks inside.
 */
export type JsonText = string;

export type RuntimeStatus =
  | 'Pending'
  | 'Running'
  | 'Completed'
  | 'Failed'
  | 'Terminated'
  | 'Suspended'
  | 'ContinuedAsNew'
  | 'Canceled';

export interface InstanceStatus {
  instanceId: string;
  name: string;
  status: RuntimeStatus;
  input: JsonText | null;
  output: JsonText | null;
  customStatus: JsonText | null;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
  parentInstanceId: string | null;
}

export interface InstanceFilter {
  statuses?: readonly RuntimeStatus[];
  createdFrom?: number;
  createdTo?: number;
  idPrefix?: string;
}

export interface EntityStatus {
  name: string;
  key: string;
  state: JsonText | null;
}

/** Whether a message for an instance could be delivered. */
export type Delivery = 'accepted' | 'not-found' | 'finished';

/** What clients ask of an engine. Everything accepted is durable when the promise resolves. */
export interface DurableClient {
  /** Throws DurableError `unknown-function`, `invalid-id` or `already-exists`. */
  start(request: { name: string; instanceId?: string; input?: JsonText; version?: string }): Promise<string>;
  raiseEvent(instanceId: string, name: string, input: JsonText | null): Promise<Delivery>;
  terminate(instanceId: string, reason: string | null): Promise<Delivery>;
  suspend(instanceId: string, reason: string | null): Promise<Delivery>;
  resume(instanceId: string, reason: string | null): Promise<Delivery>;
  /** Takes back the failures of a failed instance and lets it run on. */
  rewind(instanceId: string, reason: string | null): Promise<Delivery>;
  /** Forgets a finished instance; answers how many were forgotten. */
  purge(instanceId: string): Promise<number>;
  purgeWhere(filter: InstanceFilter): Promise<number>;
  status(instanceId: string): Promise<InstanceStatus | undefined>;
  /** The instance's history as the SDK's own events, oldest first. */
  history(instanceId: string): Promise<readonly HistoryEvent[]>;
  query(
    filter: InstanceFilter,
    page?: { size: number; after?: string },
  ): Promise<{ instances: InstanceStatus[]; next?: string }>;
  signalEntity(name: string, key: string, operation: string, input: JsonText | null): Promise<void>;
  readEntity(name: string, key: string): Promise<EntityStatus | undefined>;
  queryEntities(name?: string): Promise<EntityStatus[]>;
}

/** The loaded functions, as an engine calls them. Implemented over the invocation pipeline of runtime/core. */
export interface DurableApp {
  has(kind: 'orchestrator' | 'activity' | 'entity', name: string): boolean;
  /**
   * One full replay. `payload` is the orchestrationTrigger payload; the answer holds the SDK's live action
   * objects, whose identity matters (two mentions of one task are one task). Never throws: an orchestrator
   * that threw is an outcome.
   */
  runOrchestrator(name: string, payload: object): Promise<object>;
  /** Answers the result as JSON text, null for none. Throws what the activity threw. */
  runActivity(name: string, input: JsonText | null, instanceId: string): Promise<JsonText | null>;
  runEntity(name: string, payload: object): Promise<object>;
}

export interface DurableEngine {
  readonly client: DurableClient;
  /** Begins working; also picks up what an earlier process left. */
  start(): Promise<void>;
  /** Finishes what is under way, takes nothing new. What did not finish in time is done again elsewhere. */
  stop(): Promise<void>;
}

export class DurableError extends Error {
  override readonly name = 'DurableError';
  readonly code: 'unknown-function' | 'invalid-id' | 'already-exists' | 'not-supported';
  constructor(code: DurableError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
