import { DurableError, type Delivery, type DurableApp, type DurableClient } from '../contract/engine.ts';
import { EventType, historyEvent, type HistoryEvent } from '../contract/history.ts';
import { complaintAboutId, entityId, isFinished, type Instance } from '../contract/instance.ts';
import type { ClientStore } from '../contract/store.ts';
import { rewindRequest } from './rewind.ts';

export interface ClientOptions {
  app: DurableApp;
  store: ClientStore;
  now: () => number;
  newId: () => string;
  defaultVersion: string | null;
  /** Starts an instance in this process, where a worker has room. Undefined: nowhere here. */
  startHere?: (instance: Instance) => Promise<boolean | undefined>;
}

/** What clients may do, the same over every store. */
export function createClient({
  app,
  store,
  now,
  newId,
  defaultVersion,
  startHere = async () => undefined,
}: ClientOptions): DurableClient {
  const deliver = async (instanceId: string, event: HistoryEvent): Promise<Delivery> => {
    const found = await store.status(instanceId);
    if (!found) return 'not-found';
    if (isFinished(found.status)) return 'finished';
    await store.send({ to: instanceId, executionId: null, event });
    return 'accepted';
  };

  return {
    start: async ({ name, instanceId = newId(), input = null, version = defaultVersion }) => {
      if (!app.has('orchestrator', name))
        throw new DurableError(
          'unknown-function',
          `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function.`,
        );
      const complaint =
        complaintAboutId(instanceId) ??
        (version === null ? undefined : complaintAboutId(version)?.replace('instance id', 'version'));
      if (complaint)
        throw new DurableError(
          'invalid-id',
          `'${name}' cannot be started as ` +
            `'${instanceId}'${version === null ? '' : `, version '${version}'`}: ${complaint}.`,
        );
      const at = now();
      const instance: Instance = {
        instanceId,
        executionId: newId(),
        name,
        version,
        status: 'Pending',
        input,
        output: null,
        customStatus: null,
        parent: null,
        createdAt: at,
        updatedAt: at,
        turn: 0,
        state: null,
        lock: null,
      };
      const isStarted = (await startHere(instance)) ?? (await store.start(instance));
      if (!isStarted) throw new DurableError('already-exists', `An instance '${instanceId}' exists and has not ended.`);
      return instanceId;
    },
    raiseEvent: (instanceId, name, input) =>
      deliver(instanceId, historyEvent(now(), { EventType: EventType.EventRaised, Name: name, Input: input })),
    terminate: (instanceId, reason) =>
      deliver(instanceId, historyEvent(now(), { EventType: EventType.ExecutionTerminated, Input: reason })),
    suspend: (instanceId, reason) =>
      deliver(instanceId, historyEvent(now(), { EventType: EventType.ExecutionSuspended, Reason: reason })),
    resume: (instanceId, reason) =>
      deliver(instanceId, historyEvent(now(), { EventType: EventType.ExecutionResumed, Reason: reason })),
    rewind: async (instanceId, reason) => {
      const found = await store.status(instanceId);
      if (!found) return 'not-found';
      if (found.status !== 'Failed') return 'finished';
      await store.revive(instanceId, { to: instanceId, executionId: null, event: rewindRequest(now(), reason) });
      return 'accepted';
    },
    purge: (instanceId) => store.purge(instanceId),
    purgeWhere: (filter) => store.purgeWhere(filter),
    status: (instanceId) => store.status(instanceId),
    history: (instanceId) => store.history(instanceId),
    query: (filter, page) => store.query(filter, page),
    signalEntity: async (name, key, operation, input) => {
      if (!app.has('entity', name))
        throw new DurableError(
          'unknown-function',
          `The function '${name}' doesn't exist, is disabled, or is not an entity function.`,
        );
      await store.sendToEntity(entityId(name, key), {
        op: operation,
        id: newId(),
        signal: true,
        ...(input !== null && { input }),
      });
    },
    readEntity: (name, key) => store.readEntity(entityId(name, key)),
    queryEntities: (name) => store.queryEntities(name?.toLowerCase()),
  };
}
