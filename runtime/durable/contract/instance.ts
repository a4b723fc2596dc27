import type { JsonText, RuntimeStatus } from './engine.ts';
import type { ParentLink } from './history.ts';

/** One orchestration, or one entity (its id begins with `@`), as a store keeps it. */
export interface Instance {
  instanceId: string;
  /**
   * Changes when the instance continues as new or its id is used again; what was meant for an earlier one is dropped.
   */
  executionId: string;
  name: string;
  version: string | null;
  status: RuntimeStatus;
  input: JsonText | null;
  /** JSON text, or for a failed or terminated instance the plain reason. */
  output: string | null;
  customStatus: JsonText | null;
  parent: ParentLink | null;
  createdAt: number;
  updatedAt: number;
  /** Counts commits. A commit that does not expect the present number comes from a worker that lost the instance. */
  turn: number;
  /** Of an entity: its state (null: it does not exist) and who holds it locked. */
  state: JsonText | null;
  lock: EntityLock | null;
}

export interface EntityLock {
  instanceId: string;
  executionId: string;
  requestId: string;
}

const finished = new Set<RuntimeStatus>(['Completed', 'Failed', 'Terminated', 'Canceled']);
export const isFinished = (status: RuntimeStatus): boolean => finished.has(status);

export const entityId = (name: string, key: string): string => `@${name.toLowerCase()}@${key}`;
export const isEntityId = (id: string): boolean => id.startsWith('@');

export function entityNameAndKey(id: string): { name: string; key: string } {
  const separator = id.indexOf('@', 1);
  return { name: id.slice(1, separator), key: id.slice(separator + 1) };
}

/** The rules Azure has for instance ids. An answer is what is wrong; undefined is fine. */
export function complaintAboutId(id: string): string | undefined {
  if (id.length === 0 || id.length > 100) return 'an instance id has 1 to 100 characters';
  if (isEntityId(id)) return "an instance id does not begin with '@'";
  return /[/\\#?\p{Cc}]/u.test(id) || !id.isWellFormed()
    ? 'an instance id holds none of / \\ # ? and no control characters'
    : undefined;
}
