import { triggerOf, type BindingInfo, type FunctionsCore, type RegisteredFunction } from '../core/functions-core.ts';
import type { InvocationRequest, InvocationResponse } from '../core/invoke.ts';
import type { HostSettings } from '../core/settings.ts';
import { fromTypedData, type TypedData } from '../core/typed-data.ts';
import { complaintsOf } from './complaints.ts';
import { withSettings } from './names.ts';
import { encodeMessage } from './queue/encoding.ts';
import type { QueueStore } from './queue/queue-store.ts';
import { storageQueue } from './trigger-schemas.ts';

/** What functions are given and give beside their trigger. */
export interface Bindings {
  inputsOf(fn: RegisteredFunction): InvocationRequest['inputData'];
  /** Sends what the function put into its outputs. Resolves when it is kept. */
  writeOutputs(fn: RegisteredFunction, response: InvocationResponse): Promise<void>;
}

export interface BindingServices {
  queues: QueueStore;
  /** The text of a `durableClient` input. */
  durableClient(): string;
}

/** What stands between this host and a function's secondary bindings, in words; empty when all is well. */
export function bindingComplaints(fn: RegisteredFunction, settings: HostSettings): string[] {
  return secondaryBindings(fn).flatMap(([name, binding]) => {
    try {
      readSecondary(fn, binding, settings);
      return [];
    } catch (error) {
      return complaintsOf(error).map((complaint) => `binding '${name}': ${complaint}`);
    }
  });
}

type Secondary = { kind: 'durable client' } | { kind: 'http answer' } | { kind: 'queue'; queue: string };

function readSecondary(fn: RegisteredFunction, binding: BindingInfo, settings: HostSettings): Secondary {
  const isIn = binding.direction === 'in';
  const type = binding.type.toLowerCase();
  const trigger = triggerOf(fn).binding.type.toLowerCase();
  if (isIn && (type === 'durableclient' || type === 'orchestrationclient')) return { kind: 'durable client' };
  if (!isIn && type === 'http' && trigger === 'httptrigger') return { kind: 'http answer' };
  if (!isIn && type === 'queue' && /^(http|timer|queue|kafka)trigger$/.test(trigger)) {
    return {
      kind: 'queue',
      queue: storageQueue(settings.named).parse(withSettings(binding, settings.named)).queueName,
    };
  }
  throw new Error(
    `'${binding.type}' as an ${isIn ? 'input' : 'output'} of a ${triggerOf(fn).binding.type} is not one ` +
      'this host knows: durableClient in; queue and http out, of functions that are not durable',
  );
}

const secondaryBindings = (fn: RegisteredFunction) =>
  Object.entries(fn.metadata.bindings).filter(([, { type }]) => !/trigger$/i.test(type));

export function createBindings(
  core: FunctionsCore,
  settings: HostSettings,
  { queues, durableClient }: BindingServices,
): Bindings {
  const known = new Map(
    [...core.functions.values()]
      .filter(({ name }) => !settings.isDisabled(name))
      .map((fn) => {
        const read = secondaryBindings(fn).map(([name, binding]) => ({
          name,
          ...readSecondary(fn, binding, settings),
        }));
        return [
          fn.id,
          {
            clients: read.filter(({ kind }) => kind === 'durable client').map(({ name }) => name),
            queues: new Map(read.flatMap((each) => (each.kind === 'queue' ? [[each.name, each.queue]] : []))),
          },
        ];
      }),
  );

  const sendTo = async (queue: string | undefined, data: TypedData | null | undefined) => {
    const value = fromTypedData(data);
    if (queue === undefined || value === null) return;
    const texts = (Array.isArray(value) ? value : [value]).map(messageText);
    await queues.send(
      queue,
      texts.map((text) => encodeMessage(settings.queues.messageEncoding, text)),
    );
  };

  return {
    inputsOf: (fn) => (known.get(fn.id)?.clients ?? []).map((name) => ({ name, data: { string: durableClient() } })),
    writeOutputs: async (fn, { outputData = [], returnValue }) => {
      const queuesOf = known.get(fn.id)?.queues;
      if (!queuesOf?.size) return;
      for (const { name, data } of outputData) await sendTo(queuesOf.get(name), data);
      await sendTo(queuesOf.get('$return'), returnValue);
    },
  };
}

/** A text is sent as it is, bytes as the text they are, anything else as JSON. */
const messageText = (value: unknown): string =>
  typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString() : JSON.stringify(value);
