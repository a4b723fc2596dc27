// An orchestration's history: the events of the Durable Task Framework, with the numbers and names the SDK reads.

export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  GenericEvent: 17,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

interface Common {
  /** The number the SDK allocated, for events that begin something; -1 for all others. */
  EventId: number;
  IsPlayed: boolean;
  /** A Date in memory, so that the SDK finds nothing to convert; an ISO string once stored. */
  Timestamp: Date;
}

/** Why something failed. The SDK reads Reason and Details as strings: neither may be missing. */
export interface Failure {
  Reason: string;
  Details: string;
  FailureDetails: FailureDetails | null;
}

export interface FailureDetails {
  ErrorType: string;
  ErrorMessage: string;
  StackTrace?: string;
  IsNonRetriable: boolean;
  Properties?: Record<string, unknown>;
  InnerFailure: FailureDetails | null;
}

export interface ParentLink {
  name: string;
  instanceId: string;
  executionId: string;
  /** The id of the parent's task this child answers. */
  taskId: number;
}

export type ExecutionStarted = Common & {
  EventType: typeof EventType.ExecutionStarted;
  Name: string;
  Version: string | null;
  Input: string | null;
  OrchestrationInstance: { InstanceId: string; ExecutionId: string };
  ParentInstance: {
    Name: string;
    OrchestrationInstance: { InstanceId: string; ExecutionId: string };
    TaskScheduleId: number;
  } | null;
};
export type TaskScheduled = Common & {
  EventType: typeof EventType.TaskScheduled;
  Name: string;
  Version: string;
  Input: string | null;
};
/** Result is JSON text or null, never missing: the SDK parses it. */
export type TaskCompleted = Common & {
  EventType: typeof EventType.TaskCompleted;
  TaskScheduledId: number;
  Result: string | null;
};
export type TaskFailed = Common & Failure & { EventType: typeof EventType.TaskFailed; TaskScheduledId: number };
export type SubOrchestrationCreated = Common & {
  EventType: typeof EventType.SubOrchestrationInstanceCreated;
  Name: string;
  Version: string;
  InstanceId: string;
  Input: string | null;
};
export type SubOrchestrationCompleted = Common & {
  EventType: typeof EventType.SubOrchestrationInstanceCompleted;
  TaskScheduledId: number;
  Result: string | null;
};
export type SubOrchestrationFailed = Common &
  Failure & { EventType: typeof EventType.SubOrchestrationInstanceFailed; TaskScheduledId: number };
export type TimerCreated = Common & { EventType: typeof EventType.TimerCreated; FireAt: string };
export type TimerFired = Common & { EventType: typeof EventType.TimerFired; TimerId: number; FireAt: string };
/** `Input` holds an EntityRequest or EntityRelease as JSON text. */
export type EventSent = Common & {
  EventType: typeof EventType.EventSent;
  InstanceId: string;
  Name: 'op' | 'release';
  Input: string;
};
export type EventRaised = Common & { EventType: typeof EventType.EventRaised; Name: string; Input: string | null };
export type ExecutionCompleted = Common & {
  EventType: typeof EventType.ExecutionCompleted;
  OrchestrationStatus: number;
  Result: string | null;
};
export type ExecutionTerminated = Common & { EventType: typeof EventType.ExecutionTerminated; Input: string | null };
export type ExecutionSuspended = Common & { EventType: typeof EventType.ExecutionSuspended; Reason: string | null };
export type ExecutionResumed = Common & { EventType: typeof EventType.ExecutionResumed; Reason: string | null };
/** Here it means one thing only: a rewind was asked for. */
export type GenericEvent = Common & { EventType: typeof EventType.GenericEvent; Data: 'rewind'; Reason: string | null };
export type EpisodeMark = Common & {
  EventType: typeof EventType.OrchestratorStarted | typeof EventType.OrchestratorCompleted;
};
export type ContinuedAsNew = Common & { EventType: typeof EventType.ContinueAsNew; Result: string | null };

export type HistoryEvent =
  | ExecutionStarted
  | TaskScheduled
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationCreated
  | SubOrchestrationCompleted
  | SubOrchestrationFailed
  | TimerCreated
  | TimerFired
  | EventSent
  | EventRaised
  | ExecutionCompleted
  | ExecutionTerminated
  | ExecutionSuspended
  | ExecutionResumed
  | GenericEvent
  | EpisodeMark
  | ContinuedAsNew;

type WithoutCommon<E> = E extends HistoryEvent ? Omit<E, keyof Common> & { EventId?: number } : never;

/** Makes an event: `historyEvent(at, { EventType: EventType.TimerFired, TimerId: 3, FireAt })`. */
export function historyEvent<E extends WithoutCommon<HistoryEvent>>(at: number, event: E) {
  return { EventId: -1, IsPlayed: false, Timestamp: new Date(at), ...event };
}

/** An event as stored JSON gives it back. */
export const reviveEvent = (stored: HistoryEvent): HistoryEvent => ({
  ...stored,
  Timestamp: new Date(stored.Timestamp),
});

/** Ends something the orchestration scheduled: which id, and how. */
export type Completion = TaskCompleted | TaskFailed | SubOrchestrationCompleted | SubOrchestrationFailed | TimerFired;

export function isCompletion(event: HistoryEvent): event is Completion {
  const type = event.EventType;
  return (
    type === EventType.TaskCompleted ||
    type === EventType.TaskFailed ||
    type === EventType.SubOrchestrationInstanceCompleted ||
    type === EventType.SubOrchestrationInstanceFailed ||
    type === EventType.TimerFired
  );
}

export const completedId = (event: Completion): number =>
  event.EventType === EventType.TimerFired ? event.TimerId : event.TaskScheduledId;

/** Begins something with an id of its own, which replay must find again. */
export type Scheduling = TaskScheduled | SubOrchestrationCreated | TimerCreated | EventSent;

export function isScheduling(event: HistoryEvent): event is Scheduling {
  const type = event.EventType;
  return (
    type === EventType.TaskScheduled ||
    type === EventType.SubOrchestrationInstanceCreated ||
    type === EventType.TimerCreated ||
    type === EventType.EventSent
  );
}
