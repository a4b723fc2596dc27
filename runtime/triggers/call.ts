import { randomUUID } from 'node:crypto';
import type { FunctionsCore, RegisteredFunction } from '../core/functions-core.ts';
import { invoke, type InvocationRequest, type InvocationResponse } from '../core/invoke.ts';
import type { HostLog } from '../core/log.ts';
import type { TypedData } from '../core/typed-data.ts';
import type { Bindings } from './bindings.ts';

/** One start of a function by its trigger. */
export interface Call extends Omit<InvocationRequest, 'inputData' | 'liveTrigger'> {
  /** The trigger binding's name and value. */
  name: string;
  data: TypedData;
}

/** Runs a function: secondary inputs, the invocation, outputs. Logs what it throws, and throws it on. */
export type CallFunction = (fn: RegisteredFunction, call: Call) => Promise<InvocationResponse>;

export const createCall =
  (core: FunctionsCore, bindings: Bindings, log: HostLog): CallFunction =>
  async (fn, { name, data, ...request }) => {
    try {
      const { response } = await invoke(core, fn, {
        traceContext: newTrace(),
        ...request,
        inputData: [{ name, data }, ...bindings.inputsOf(fn)],
      });
      await bindings.writeOutputs(fn, response);
      return response;
    } catch (error) {
      log.error(
        {
          err: error,
          functionName: fn.name,
          ...(request.retryContext && { retryCount: request.retryContext.retryCount }),
        },
        'a function failed',
      );
      throw error;
    }
  };

/** A W3C trace context for what no caller traced. UUIDs come from a pool of randomness, which raw bytes do not. */
export const newTrace = () => ({ traceParent: `00-${hexId(32)}-${hexId(16)}-01`, traceState: '', attributes: {} });

const hexId = (digits: number) => randomUUID().replaceAll('-', '').slice(-digits);

/** Trigger metadata is handed over as JSON texts by name. */
export const jsonMetadata = (texts: Readonly<Record<string, string>>): Record<string, TypedData> =>
  Object.fromEntries(Object.entries(texts).map(([name, json]) => [name, { json }]));
