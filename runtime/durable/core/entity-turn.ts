import type { DurableApp, JsonText } from '../contract/engine.ts';
import { EventType, historyEvent } from '../contract/history.ts';
import { entityId, entityNameAndKey, type EntityLock, type Instance } from '../contract/instance.ts';
import {
  isRelease,
  type EntityMessage,
  type EntityRequest,
  type Message,
  type Outgoing,
} from '../contract/messages.ts';
import type { TurnResult } from '../contract/turn-result.ts';
import { readEntityAnswer } from '../protocol-v3/outcome.ts';
import { entityPayload } from '../protocol-v3/payload.ts';
// One visit to an entity: operations in arrival order, locks granted, passed on and given back.
import { idle } from './endings.ts';

export interface EntityTurnInput {
  instance: Instance;
  messages: readonly Message[];
  app: DurableApp;
  now: number;
  newId: () => string;
  /** Whether that execution still runs: nobody else could give a lock back. */
  isAlive: (instanceId: string, executionId: string) => Promise<boolean>;
}

export async function runEntityTurn(input: EntityTurnInput): Promise<TurnResult> {
  const visit = new Visit(input);
  const waiting = input.messages.filter(({ entity }) => entity);
  // While locked only the owner's messages run, ahead of the others, which keep their place in line.
  for (let next = visit.nextOf(waiting); next !== -1; next = visit.nextOf(waiting)) {
    const [message] = waiting.splice(next, 1);
    if (message?.entity) await visit.take(message.entity);
  }
  await visit.runBatch();
  const { state, lock, outgoing } = visit;
  return idle(input.instance, {
    after: { ...input.instance, status: 'Running', state, lock, updatedAt: input.now },
    consumed: input.messages.filter((message) => !waiting.includes(message)),
    defersRest: true,
    outgoing,
  });
}

class Visit {
  state: JsonText | null;
  lock: EntityLock | null;
  readonly outgoing: Outgoing[] = [];
  readonly #input: EntityTurnInput;
  #batch: EntityRequest[] = [];

  constructor(input: EntityTurnInput) {
    this.#input = input;
    this.state = input.instance.state;
    this.lock = input.instance.lock;
  }

  nextOf(waiting: readonly Message[]): number {
    return waiting.findIndex(({ entity }) => entity && (!this.lock || entity.parent === this.lock.instanceId));
  }

  async take(message: EntityMessage): Promise<void> {
    if (isRelease(message)) {
      await this.runBatch();
      if (this.lock?.requestId === message.id) this.lock = null;
    } else if (message.lockset) {
      await this.runBatch();
      await this.#grant(message, message.lockset);
    } else {
      this.#batch.push(message);
    }
  }

  /** Hands the gathered operations to the function in one call. */
  async runBatch(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const { instance, app, newId } = this.#input;
    const { name, key } = entityNameAndKey(instance.instanceId);
    const payload = entityPayload({
      name,
      key,
      state: this.state,
      batch: batch.map((request) => ({ ...request, op: request.op ?? '' })),
    });
    const answer = await app
      .runEntity(name, payload)
      .then(readEntityAnswer)
      .catch((error: unknown) => ({ failure: JSON.stringify(error instanceof Error ? error.message : String(error)) }));
    if ('failure' in answer) {
      for (const request of batch) this.#answer(request, { result: answer.failure, exceptionType: 'Error' });
      return;
    }
    this.state = answer.entityExists ? (answer.entityState ?? null) : null;
    for (const [index, request] of batch.entries()) {
      const { isError, result } = answer.results[index] ?? {
        isError: true,
        result: '"The entity gave no answer to this operation."',
      };
      this.#answer(request, {
        ...(result !== undefined && result !== null && { result }),
        ...(isError && { exceptionType: 'Error' }),
      });
    }
    for (const { target, name: operation, input } of answer.signals) {
      this.outgoing.push({
        to: entityId(target.name, target.key),
        executionId: null,
        entity: { op: operation, id: newId(), signal: true, parent: instance.instanceId, ...(input && { input }) },
      });
    }
  }

  /** Locked here, the request goes on to the next entity of the set; the last one tells the orchestration. */
  async #grant(request: EntityRequest, lockset: readonly string[]): Promise<void> {
    const { parent = '', parentExecution = '' } = request;
    if (!(await this.#input.isAlive(parent, parentExecution))) return;
    this.lock = { instanceId: parent, executionId: parentExecution, requestId: request.id };
    const pos = (request.pos ?? 0) + 1;
    const next = lockset[pos];
    if (next) this.outgoing.push({ to: next, executionId: null, entity: { ...request, pos } });
    else this.#answer(request, { result: 'Lock Acquisition Completed' });
  }

  #answer(request: EntityRequest, answer: { result?: string; exceptionType?: string }): void {
    const { parent, parentExecution, id, signal } = request;
    if (signal || !parent) return;
    const event = historyEvent(this.#input.now, {
      EventType: EventType.EventRaised,
      Name: id,
      Input: JSON.stringify(answer),
    });
    this.outgoing.push({ to: parent, executionId: parentExecution ?? null, event });
  }
}
