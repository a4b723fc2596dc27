import { triggerOf, type FunctionsCore, type RegisteredFunction } from '../core/functions-core.ts';
import { invoke, invokeLive, type InvocationRequest } from '../core/invoke.ts';
import { jsonOfTypedData } from '../core/typed-data.ts';
import type { DurableApp } from './contract/engine.ts';

const triggerTypes = {
  orchestrator: 'orchestrationtrigger',
  activity: 'activitytrigger',
  entity: 'entitytrigger',
} as const;
type DurableKind = keyof typeof triggerTypes;

export interface DurableAppOptions {
  /** Data of the bindings a function declares beside its trigger, such as `durableClient`. */
  extraInputs?: (fn: RegisteredFunction) => InvocationRequest['inputData'];
}

/**
 * How one orchestrator call ended. `df` is the SDK's orchestration context, where a thrown call left its live actions.
 */
export type OrchestratorRun = ({ returned: unknown } | { threw: unknown }) & { df: unknown };

/**
 * The durable functions of a loaded app, as engines call them. Payload and outcome of orchestrators and entities
 * are passed live, unserialised: the SDK tells its tasks apart by object identity.
 */
export function createDurableApp(core: FunctionsCore, { extraInputs = () => [] }: DurableAppOptions = {}): DurableApp {
  const byName = indexDurableFunctions(core);
  const lookUp = (kind: DurableKind, name: string) => byName[kind].get(name.toLowerCase());
  const demand = (kind: DurableKind, name: string): RegisteredFunction => {
    const fn = lookUp(kind, name);
    if (!fn) throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an ${kind} function.`);
    return fn;
  };

  return {
    has: (kind, name) => lookUp(kind, name) !== undefined,

    runOrchestrator: async (name, payload): Promise<OrchestratorRun> => {
      let df: unknown;
      try {
        const fn = demand('orchestrator', name);
        const noticing: RegisteredFunction = {
          ...fn,
          callback: (trigger, context) => {
            const run = fn.callback(trigger, context);
            df = dfOf(context);
            return run;
          },
        };
        return {
          returned: (await invokeLive(core, noticing, { inputData: extraInputs(fn), liveTrigger: payload })).result,
          df,
        };
      } catch (threw) {
        return { threw, df };
      }
    },

    runActivity: async (name, input, instanceId) => {
      const fn = demand('activity', name);
      const data = input === null ? {} : { string: input };
      const { response } = await invoke(core, fn, {
        inputData: [{ name: triggerOf(fn).name, data }, ...extraInputs(fn)],
        triggerMetadata: { instanceId: { json: JSON.stringify(instanceId) }, ...(input !== null && { data }) },
      });
      return jsonOfTypedData(response.returnValue);
    },

    runEntity: async (name, payload) => {
      const fn = demand('entity', name);
      const { result } = await invokeLive(core, fn, { inputData: extraInputs(fn), liveTrigger: payload });
      if (typeof result !== 'object' || result === null)
        throw new Error(`The entity '${name}' answered no entity state.`);
      return result;
    },
  };
}

function indexDurableFunctions(core: FunctionsCore): Record<DurableKind, ReadonlyMap<string, RegisteredFunction>> {
  const ofKind = (kind: DurableKind) =>
    new Map(
      [...core.functions.values()]
        .filter((fn) => triggerOf(fn).binding.type.toLowerCase() === triggerTypes[kind])
        .map((fn) => [fn.name.toLowerCase(), fn]),
    );
  return { orchestrator: ofKind('orchestrator'), activity: ofKind('activity'), entity: ofKind('entity') };
}

const dfOf = (context: unknown): unknown =>
  typeof context === 'object' && context !== null && 'df' in context ? context.df : undefined;
