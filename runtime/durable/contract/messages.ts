import type { JsonText } from './engine.ts';
import type { HistoryEvent } from './history.ts';

/** To an entity, spelled as the Durable extension spells it. */
export interface EntityRequest {
  /** The operation; null asks for the lock. */
  op: string | null;
  id: string;
  signal?: true;
  input?: JsonText;
  /** Who is answered. */
  parent?: string;
  parentExecution?: string;
  /** Of a lock request: every entity to lock, in order, and how many are locked already. */
  lockset?: readonly string[];
  pos?: number;
}

/** Gives back the lock taken with the request of the same id. */
export interface EntityRelease {
  release: true;
  parent: string;
  id: string;
}

export type EntityMessage = EntityRequest | EntityRelease;
export const isRelease = (message: EntityMessage): message is EntityRelease => 'release' in message;

/** What travels to an instance. `event` for orchestrations, `entity` for entities; neither: it only wakes. */
export interface MessageBody {
  event?: HistoryEvent;
  entity?: EntityMessage;
}

/** A message in an instance's inbox. */
export interface Message extends MessageBody {
  /** The store's row, or null for what only this process knows: the end of an activity that ran here. */
  rowId: string | null;
  /** Meant for this execution only; null for whichever is running. */
  executionId: string | null;
}

/** A message on its way out. */
export interface Outgoing extends MessageBody {
  to: string;
  executionId: string | null;
  /** Delivered even to an instance that has ended. */
  toFinished?: true;
  /** Not before this moment (milliseconds since 1970). Absent: at once. */
  visibleAt?: number;
}
