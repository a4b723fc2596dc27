import type { JsonText } from './engine.ts';
import type { Failure } from './history.ts';

/** What an orchestrator wants done that its history does not show yet. `id` is the number the SDK gave it. */
export type Decision = { id: number } & (
  | { kind: 'activity'; name: string; input: JsonText | null; failWith?: Failure }
  | { kind: 'child'; name: string; instanceId: string | null; version: string | null; input: JsonText | null }
  | { kind: 'timer'; fireAt: number; isCanceled: boolean }
  | { kind: 'call-entity' | 'signal-entity'; target: string; operation: string; input: JsonText | null }
  | { kind: 'lock'; entities: readonly string[] }
  | { kind: 'release'; target: string; lockId: number }
);

/** callHttp runs as an activity of this name, which every engine answers itself. */
export const httpActivity = 'BuiltIn::HttpActivity';
