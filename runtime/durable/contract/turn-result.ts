import type { JsonText } from './engine.ts';
import type { HistoryEvent, ParentLink } from './history.ts';
import type { Instance } from './instance.ts';
import type { Message, Outgoing } from './messages.ts';

/** An activity to run, with the number its answer must carry. */
export interface ActivityCall {
  taskId: number;
  name: string;
  input: JsonText | null;
}

export interface ChildStart {
  instanceId: string;
  executionId: string;
  name: string;
  version: string | null;
  input: JsonText | null;
  parent: ParentLink;
}

/** All a turn wants: a store makes it so in one commit, or not at all. */
export interface TurnResult {
  /** The instance after the turn. */
  after: Instance;
  /** Messages done with. The others stay in the inbox. */
  consumed: Message[];
  /**
   * Whether the messages left wait for something to change (a resume, a lock given back) rather than for the next turn.
   */
  defersRest: boolean;
  /** The episode to append; with `replacesHistory`, the whole history. */
  events: HistoryEvent[];
  replacesHistory: boolean;
  activities: ActivityCall[];
  children: ChildStart[];
  outgoing: Outgoing[];
  /** Numbers of timers whose messages may be taken back. */
  canceledTimers: number[];
  /** What it waits for now, for people. */
  waitsFor: string[];
}
