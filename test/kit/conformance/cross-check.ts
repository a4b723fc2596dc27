import type { DurableApp } from '../../../runtime/durable/contract/engine.ts';
import { EventType, isScheduling, type HistoryEvent } from '../../../runtime/durable/contract/history.ts';
import { decodeActions } from '../../../runtime/durable/protocol-v3/decode-actions.ts';
import { readOutcome } from '../../../runtime/durable/protocol-v3/outcome.ts';

/** The SDK's own bookkeeping, which only tests may look into. */
interface Executor {
  sequenceNumber: number;
  openTasks: Record<string, { actionObj: { actionType: number } }>;
  orchestratorReturned: boolean;
  willContinueAsNew: boolean;
  exception: unknown;
}

export interface CrossCheck {
  app: DurableApp;
  /** Replays compared so far. */
  readonly compared: number;
  /** Where `decodeActions` and the SDK did not agree; empty if all is well. */
  readonly disagreements: readonly string[];
}

/** Compares, after every replay an engine asks for, the numbers `decodeActions` finds with those the SDK has given. */
export function crossChecked(app: DurableApp): CrossCheck {
  const disagreements: string[] = [];
  let compared = 0;
  const runOrchestrator: DurableApp['runOrchestrator'] = async (name, payload) => {
    const run = await app.runOrchestrator(name, payload);
    const { history } = payload as { history: readonly HistoryEvent[] };
    const executor = executorOf(run);
    const isOver =
      !executor || executor.orchestratorReturned || executor.willContinueAsNew || executor.exception !== undefined;
    const isRewind = history.some(({ EventType: type }) => type === EventType.GenericEvent);
    if (isOver || isRewind) return run; // the SDK stopped counting, or the history is not what it would have written
    const step = decodeActions(history, readOutcome(run).actions, { httpPollMilliseconds: 20 });
    if (step.splitBefore !== undefined) return run; // will be played again in two episodes
    compared += 1;
    const recorded = new Set(history.filter(isScheduling).map(({ EventId }) => EventId));
    const theirs = Object.entries(executor.openTasks)
      .filter(
        ([id, { actionObj }]) => /^\d+$/.test(id) && !recorded.has(Number(id)) && actionObj.actionType !== callHttp,
      )
      .map(([id]) => Number(id));
    const ours = step.decisions
      .filter(
        (decision) =>
          !['signal-entity', 'release'].includes(decision.kind) &&
          !('name' in decision && decision.name === 'BuiltIn::HttpActivity'),
      )
      .map(({ id }) => id);
    if (executor.sequenceNumber !== step.nextId || theirs.sort((a, b) => a - b).join() !== ours.join()) {
      disagreements.push(
        `${name}: the SDK opened ${theirs.join()} and is at ${executor.sequenceNumber}; decodeActions opened ` +
          `${ours.join()} and is at ${step.nextId}`,
      );
    }
    return run;
  };
  return {
    app: { ...app, runOrchestrator },
    get compared() {
      return compared;
    },
    disagreements,
  };
}

const callHttp = 8;

const executorOf = (run: object): Executor | undefined =>
  (run as { df?: { taskOrchestratorExecutor?: Executor } }).df?.taskOrchestratorExecutor;
