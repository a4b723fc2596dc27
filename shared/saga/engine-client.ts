import type { FunctionInput, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';

/** What is asked of a durable engine from outside its orchestrators. */
export interface EngineClient {
  /** Starting what already runs is success. */
  start(orchestrator: string, instanceId: string, input: object): Promise<void>;
  raise(instanceId: string, event: string): Promise<void>;
  /** Undefined where the engine knows no such instance. */
  status(instanceId: string): Promise<InstanceState | undefined>;
  /** Takes back the failure of an instance that failed, and has it run on. Throws where the engine cannot. */
  rewind(instanceId: string, reason: string): Promise<void>;
}

/** How an instance is, in the engine's own words: `Running`, `Terminated` …, and what it says of its end. */
export interface InstanceState {
  status: string;
  words: string | null;
}

/** The binding that a function declares to get at its sagas. */
export const durableInput: FunctionInput = df.input.durableClient();

/**
 * The engine as seen from one invocation of a function that declared `durableInput`. Most invocations never ask for it.
 */
export function engineClient(context: InvocationContext): EngineClient {
  let made: df.DurableClient | undefined;
  const client = () => (made ??= df.getClient(context));
  return {
    start: async (orchestrator, instanceId, input) => {
      try {
        await client().startNew(orchestrator, { instanceId, input });
      } catch (error) {
        const status = await client()
          .getStatus(instanceId)
          .catch(() => undefined);
        if (!status) throw error; // it does not exist, so it was not a second start
      }
    },
    raise: (instanceId, event) => client().raiseEvent(instanceId, event, {}),
    status: async (instanceId) => {
      try {
        const { runtimeStatus, output } = await client().getStatus(instanceId);
        return { status: runtimeStatus, words: typeof output === 'string' ? output : null };
      } catch (error) {
        if (isUnknownInstance(error)) return undefined;
        throw error;
      }
    },
    // it goes into an address as it is
    rewind: (instanceId, reason) => client().rewind(instanceId, encodeURIComponent(reason)),
  };
}

/** The SDK tells an instance that does not exist from an engine that does not answer by these words only. */
const isUnknownInstance = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('replied with HTTP 404 response');

const alive: ReadonlySet<string> = new Set(['Pending', 'Running', 'Suspended', 'ContinuedAsNew']);

/** How an instance ended, in the engine's word, `gone` where there is none; undefined while it lives. */
export function instanceEnd(instance: InstanceState | undefined): string | undefined {
  if (instance === undefined) return 'gone';
  return alive.has(instance.status) ? undefined : instance.status;
}
