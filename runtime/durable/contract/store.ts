// What workers and clients ask of the place where instances are kept. Two stores implement it: PostgreSQL, and
// memory for tests; the same worker runs on both, so what the simulations find is true of the real one.
import type { EntityStatus, InstanceFilter, InstanceStatus } from './engine.ts';
import type { HistoryEvent } from './history.ts';
import type { Instance } from './instance.ts';
import type { EntityRequest, Message, Outgoing } from './messages.ts';
import type { ActivityCall, ChildStart } from './turn-result.ts';

/** An instance as a worker gets it when it becomes its owner. */
export interface Loaded {
  instance: Instance;
  history: HistoryEvent[];
  messages: Message[];
  /** Numbers of the activities offered to all workers: whoever takes one answers by message. */
  offloaded: readonly number[];
}

/** What one turn changes, to be stored whole or not at all. */
export interface TurnCommit {
  before: Instance;
  after: Instance;
  events: readonly HistoryEvent[];
  replacesHistory: boolean;
  /** Rows of the inbox to delete. */
  consumed: readonly string[];
  /** Rows of the inbox that are not due before another message comes for the instance. */
  deferred: readonly string[];
  children: readonly ChildStart[];
  outgoing: readonly Outgoing[];
  canceledTimers: readonly number[];
  /** Activities for any worker to take. */
  offloaded: readonly ActivityCall[];
  /** Whether the owner gives the instance up. */
  releases: boolean;
}

export interface OffloadedTask extends ActivityCall {
  rowId: string;
  instanceId: string;
  executionId: string;
}

export interface TaskEnd {
  task: OffloadedTask;
  event: HistoryEvent;
}

export interface Polled {
  /** Instances this worker owns from now on. */
  claimed: Loaded[];
  /** Messages for instances it owns already, but for those it said it knows. */
  messages: { instanceId: string; message: Message }[];
  /** Whether activities lie there to be taken. */
  hasTasks: boolean;
  /** When the next message falls due; null for none. */
  nextDue: number | null;
}

/**
 * A worker's membership in the group of workers of a store, from joining until it leaves or is lost. What a former
 * member still tries is refused by the fence in `commit`: correctness never depends on noticing the loss in time.
 */
export interface Membership {
  /** Other workers that live, as far as known. */
  readonly others: number;
  /** Reads what there is to do: at most `room` instances more, and messages beside the rows `known`. */
  poll(room: number, known: readonly string[]): Promise<Polled>;
  /** Stores each turn whose instance is still as `before` says and this worker's own. Answers the ids stored. */
  commit(commits: readonly TurnCommit[]): Promise<ReadonlySet<string>>;
  /** Starts instances as their owner. Answers the ids that did not exist or had ended. */
  start(instances: readonly Instance[]): Promise<ReadonlySet<string>>;
  takeTasks(room: number): Promise<OffloadedTask[]>;
  /** Hands in the end of an activity taken with `takeTasks`. */
  finishTasks(ends: readonly TaskEnd[]): Promise<void>;
  isAlive(instanceId: string, executionId: string): Promise<boolean>;
  /** Leaves the group; what is still owned is free for others. */
  leave(): Promise<void>;
}

export interface MembershipEvents {
  /** There may be something to do. */
  wake(): void;
  /** The membership is lost: drop everything and join again. Called at most once. */
  lost(cause: unknown): void;
}

export interface ClientStore {
  /** False if an instance of that id exists and has not ended. */
  start(instance: Instance): Promise<boolean>;
  send(message: Outgoing): Promise<void>;
  /** Sets a failed instance running and delivers the request. */
  revive(instanceId: string, message: Outgoing): Promise<void>;
  /** For an entity: makes sure it exists, then delivers. */
  sendToEntity(id: string, request: EntityRequest): Promise<void>;
  purge(instanceId: string): Promise<number>;
  purgeWhere(filter: InstanceFilter): Promise<number>;
  status(instanceId: string): Promise<InstanceStatus | undefined>;
  history(instanceId: string): Promise<HistoryEvent[]>;
  query(
    filter: InstanceFilter,
    page?: { size: number; after?: string },
  ): Promise<{ instances: InstanceStatus[]; next?: string }>;
  readEntity(id: string): Promise<EntityStatus | undefined>;
  queryEntities(name?: string): Promise<EntityStatus[]>;
}

export interface Store extends ClientStore {
  join(events: MembershipEvents): Promise<Membership>;
}
