import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DurableApp, DurableClient, InstanceStatus } from '../../../runtime/durable/contract/engine.ts';
import {
  completedId,
  EventType,
  isCompletion,
  isScheduling,
  type HistoryEvent,
} from '../../../runtime/durable/contract/history.ts';
import { isFinished } from '../../../runtime/durable/contract/instance.ts';
import { loadConformanceApp } from './load.ts';

/** An engine under test, started, with whatever it takes to wait for it. */
export interface TestedEngine {
  client: DurableClient;
  /** Lets it work until the condition holds; throws when it cannot come about. */
  runUntil(condition: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

export const testedVersion = '1.0';
/** What every engine under test is to be created with. */
export const testedOptions = { defaultVersion: testedVersion, httpPollMilliseconds: 20 };

export interface Given {
  it(name: string, run: () => Promise<void>): void;
  client(): DurableClient;
  runUntil(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** An instance id nobody else uses. */
  id(): string;
  start(name: string, input?: unknown, instanceId?: string): Promise<string>;
  toEnd(instanceId: string): Promise<InstanceStatus>;
  /** Starts and answers the output, or status and reason if it did not complete. */
  run(name: string, input?: unknown, instanceId?: string): Promise<unknown>;
  raise(instanceId: string, event: string, input?: unknown): Promise<void>;
  /** Until every message sent so far has been played and nothing but events and timers is awaited. */
  untilWaiting(instanceId: string): Promise<void>;
  untilStatus(instanceId: string, status: InstanceStatus['status']): Promise<void>;
  history(instanceId: string): Promise<string>;
}

/** Runs groups of cases against one engine; says at the end how many there were. */
export function describeCases(
  name: string,
  createEngine: (app: DurableApp) => Promise<TestedEngine>,
  groups: readonly ((given: Given) => void)[],
): void {
  describe(`conformance of the ${name} engine`, () => {
    let engine: TestedEngine;
    let cases = 0;
    let ids = 0;
    beforeAll(async () => {
      engine = await createEngine(await loadConformanceApp());
    });
    afterAll(async () => {
      await engine.stop();
      process.stdout.write(`conformance: ${cases} cases on ${name}\n`);
    });

    const given: Given = {
      it: (what, run) => {
        cases += 1;
        it(what, run);
      },
      client: () => engine.client,
      runUntil: (condition) => engine.runUntil(condition),
      id: () => `i${++ids}`,
      start: (orchestrator, input, instanceId) =>
        engine.client.start({
          name: orchestrator,
          instanceId: instanceId ?? given.id(),
          ...(input !== undefined && { input: JSON.stringify(input) }),
        }),
      toEnd: async (instanceId) => {
        let status: InstanceStatus | undefined;
        await engine.runUntil(async () => {
          status = await engine.client.status(instanceId);
          return status !== undefined && isFinished(status.status);
        });
        if (!status) throw new Error(`There is no instance '${instanceId}'.`);
        return status;
      },
      run: async (orchestrator, input, instanceId) =>
        outcomeOf(await given.toEnd(await given.start(orchestrator, input, instanceId))),
      raise: async (instanceId, event, input) => {
        expect(
          await engine.client.raiseEvent(instanceId, event, input === undefined ? null : JSON.stringify(input)),
        ).toBe('accepted');
      },
      untilWaiting: (instanceId) => engine.runUntil(async () => isResting(await engine.client.history(instanceId))),
      untilStatus: (instanceId, wanted) =>
        engine.runUntil(async () => (await engine.client.status(instanceId))?.status === wanted),
      history: async (instanceId) => shorthand(await engine.client.history(instanceId)),
    };
    for (const group of groups) group(given);
  });
}

export function outcomeOf({ status, output }: InstanceStatus): unknown {
  return status === 'Completed' ? (output === null ? null : JSON.parse(output)) : { status, output };
}

/** It has begun, and no activity or sub-orchestration of it is open. */
function isResting(history: readonly HistoryEvent[]): boolean {
  const ended = new Set(history.filter(isCompletion).map(completedId));
  const isOpen = (event: HistoryEvent) =>
    (event.EventType === EventType.TaskScheduled || event.EventType === EventType.SubOrchestrationInstanceCreated) &&
    !ended.has(event.EventId);
  return history.length > 0 && !history.some(isOpen);
}

/** Type, `#` own id, `()` id it answers, `|` between episodes. */
export function shorthand(history: readonly HistoryEvent[]): string {
  return history
    .map((event) => {
      const own = isScheduling(event) ? `#${event.EventId}` : '';
      const answered = isCompletion(event) ? `(${completedId(event)})` : '';
      return `${event.EventType}${own}${answered}${event.EventType === EventType.OrchestratorCompleted ? ' |' : ''}`;
    })
    .join(' ');
}
