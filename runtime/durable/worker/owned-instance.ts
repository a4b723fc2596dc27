import { completedId, EventType, isCompletion, type HistoryEvent } from '../contract/history.ts';
import { isFinished, type Instance } from '../contract/instance.ts';
import type { Message } from '../contract/messages.ts';
import type { Loaded, TurnCommit } from '../contract/store.ts';
import type { ActivityCall, TurnResult } from '../contract/turn-result.ts';

/** An instance this worker owns: nobody else changes it, so what is in memory is what is stored. */
export class OwnedInstance {
  instance: Instance;
  history: HistoryEvent[];
  inbox: Message[];
  /** The messages the present turn was given; undefined between turns. What comes later waits for the next. */
  offered: Message[] | undefined;
  /** Activities running or queued in this process. */
  activities = 0;
  /** Number of the poll that was the latest when it became ours: what that poll saw of the instance is out of date. */
  readonly sincePoll: number;
  /** Timers whose messages were deleted already: every replay names them again. */
  #canceledBefore = new Set<number>();

  constructor({ instance, history, messages }: Pick<Loaded, 'instance' | 'history' | 'messages'>, sincePoll: number) {
    this.instance = instance;
    this.history = history;
    this.inbox = messages;
    this.sincePoll = sincePoll;
  }

  get id(): string {
    return this.instance.instanceId;
  }

  /** From the beginning of a turn to the end of its commit. */
  get isBusy(): boolean {
    return this.offered !== undefined;
  }

  /** Puts into the inbox what is not there yet; answers whether there was anything. */
  receive(messages: readonly Message[]): boolean {
    const known = new Set(this.inbox.map(({ rowId }) => rowId));
    const fresh = messages.filter(({ rowId }) => rowId === null || !known.has(rowId));
    this.inbox.push(...fresh);
    return fresh.length > 0;
  }

  /** What the store is to commit of a turn. The owner gives the instance up when nothing is left to do here. */
  commitFor(result: TurnResult, offloaded: readonly ActivityCall[]): TurnCommit {
    const { instance: before, offered = [] } = this;
    const rest = offered.filter((message) => !result.consumed.includes(message));
    const hasWork =
      this.activities + result.activities.length - offloaded.length > 0 ||
      this.inbox.length > offered.length ||
      (rest.length > 0 && !result.defersRest) ||
      beginsAnew(before, result);
    // Events carried into a new generation come before those in the inbox: only reading it again gets that right.
    const carries = result.outgoing.some(
      ({ to, event }) => to === this.id && event?.EventType === EventType.EventRaised,
    );
    const releases = isFinished(result.after.status) || !hasWork || carries;
    return {
      before,
      after: result.after,
      events: result.events,
      replacesHistory: result.replacesHistory,
      consumed: result.consumed.flatMap(({ rowId }) => rowId ?? []),
      deferred: releases && result.defersRest ? rest.flatMap(({ rowId }) => rowId ?? []) : [],
      children: result.children,
      // What only this process knows (the end of an activity, while suspended) must outlive the ownership.
      outgoing: [
        ...result.outgoing,
        ...(releases
          ? rest
              .filter(({ rowId }) => rowId === null)
              .map((message) => ({
                to: before.instanceId,
                executionId: message.executionId,
                ...(message.event && { event: message.event }),
              }))
          : []),
      ],
      canceledTimers: result.canceledTimers.filter((id) => !this.#canceledBefore.has(id)),
      offloaded,
      releases,
    };
  }

  /** The turn was stored. Answers whether there is more to do at once. */
  apply(result: TurnResult): boolean {
    const { offered = [] } = this;
    const isNew = beginsAnew(this.instance, result);
    this.#canceledBefore = new Set(isNew ? [] : result.canceledTimers);
    this.instance = { ...result.after, turn: this.instance.turn + 1 };
    if (result.replacesHistory) this.history = [...result.events];
    else this.history.push(...result.events);
    this.inbox = this.inbox.filter((message) => !result.consumed.includes(message));
    this.offered = undefined;
    return isNew || this.inbox.some((message) => !result.defersRest || !offered.includes(message));
  }
}

const beginsAnew = (before: Instance, { after }: TurnResult): boolean => before.executionId !== after.executionId;

/**
 * Activities begun and not ended, which nobody else runs: whoever owned the instance before did not get to record their
 * end.
 */
export function interruptedActivities({ history, messages, offloaded }: Loaded): ActivityCall[] {
  const ended = new Set(offloaded);
  for (const event of [...history, ...messages.flatMap((message) => message.event ?? [])]) {
    if (isCompletion(event)) ended.add(completedId(event));
  }
  return history.flatMap((event) =>
    event.EventType === EventType.TaskScheduled && !ended.has(event.EventId)
      ? [{ taskId: event.EventId, name: event.Name, input: event.Input }]
      : [],
  );
}
